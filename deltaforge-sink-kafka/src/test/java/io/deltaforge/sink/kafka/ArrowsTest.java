package io.deltaforge.sink.kafka;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Holds the arrow of the Kafka sink: it is a plugin like any other, and knows the API and its own client alone. */
final class ArrowsTest {
    private static final JavaClasses SINK = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.deltaforge.sink.kafka");

    @Test
    void shouldStandOnTheApiAndItsClientAlone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.net..",
                        "org.slf4j..",
                        "org.apache.kafka..",
                        "io.deltaforge.api..",
                        "io.deltaforge.sink.kafka..")
                .because("a plugin sees neither the engine nor another plugin")
                .allowEmptyShould(true)
                .check(SINK);
    }
}
