package io.deltaforge.source.postgres;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Holds the arrow of the PostgreSQL source: it is a plugin like any other, and knows the API and its own client alone. */
final class ArrowsTest {
    private static final JavaClasses SOURCE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.deltaforge.source.postgres");

    @Test
    void shouldStandOnTheApiAndItsClientAlone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.net..",
                        "javax.sql..",
                        "org.slf4j..",
                        "org.postgresql..",
                        "io.deltaforge.api..",
                        "io.deltaforge.source.postgres..")
                .because("a plugin sees neither the engine nor another plugin")
                .allowEmptyShould(true)
                .check(SOURCE);
    }
}
