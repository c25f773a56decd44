package io.deltaforge.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Holds the arrows of the engine: it knows the API alone, and its packages stand below the pipeline that joins them. */
final class ArrowsTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.deltaforge.core");

    @Test
    void shouldStandOnTheApiAlone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "org.slf4j..", "net.jpountz.lz4..", "io.deltaforge.api..", "io.deltaforge.core..")
                .because("the engine knows no Kafka, RocksDB, PostgreSQL, HTTP or configuration library")
                .check(CORE);
    }

    @Test
    void shouldKeepItsPackagesBelowThePipeline() {
        noClasses()
                .that()
                .resideInAPackage("io.deltaforge.core.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.deltaforge.core")
                .check(CORE);
    }

    @Test
    void shouldHaveNoCycleAmongItsPackages() {
        slices().matching("io.deltaforge.core.(*)..").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void shouldLetTheFanOutKnowRetriesDeadLettersSpoolAndCommitsOnly() {
        classes()
                .that()
                .resideInAPackage("io.deltaforge.core.fanout..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.slf4j..",
                        "io.deltaforge.api..",
                        "io.deltaforge.core.fanout..",
                        "io.deltaforge.core.retry..",
                        "io.deltaforge.core.deadletter..",
                        "io.deltaforge.core.spool..",
                        "io.deltaforge.core.commit..")
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void shouldLetTheCommitStandOnTheApiAlone() {
        classes()
                .that()
                .resideInAPackage("io.deltaforge.core.commit..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.slf4j..", "io.deltaforge.api..", "io.deltaforge.core.commit..")
                .allowEmptyShould(true)
                .check(CORE);
    }
}
