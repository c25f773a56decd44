package io.deltaforge.checkpoint.rocksdb;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Holds the arrow of the RocksDB store: it is a plugin like any other, and knows the API and its own client alone. */
final class ArrowsTest {
    private static final JavaClasses STORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.deltaforge.checkpoint.rocksdb");

    @Test
    void shouldStandOnTheApiAndItsClientAlone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.slf4j..",
                        "org.rocksdb..",
                        "io.deltaforge.api..",
                        "io.deltaforge.checkpoint.rocksdb..")
                .because("a plugin sees neither the engine nor another plugin")
                .allowEmptyShould(true)
                .check(STORE);
    }
}
