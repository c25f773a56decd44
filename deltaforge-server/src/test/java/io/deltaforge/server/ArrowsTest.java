package io.deltaforge.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the arrows of the server: each library is known to one package only, and plugins to none. */
final class ArrowsTest {

    private static final JavaClasses SERVER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.deltaforge.server");

    @ParameterizedTest
    @CsvSource({
        "com.typesafe.., config",
        "org.snakeyaml.., config",
        "com.codahale.., metrics",
        "io.prometheus.., metrics",
        "com.google.inject.., wiring",
        "io.javalin.., http",
        "org.eclipse.jetty.., http",
        "ch.qos.logback.., logging",
        "picocli.., cli"
    })
    void shouldKnowALibraryInOnePackageOnly(String library, String owner) {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.deltaforge.server." + owner + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(SERVER);
    }

    @Test
    void shouldKnowNoPlugin() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.deltaforge.source..",
                        "io.deltaforge.sink..",
                        "io.deltaforge.checkpoint..",
                        "org.apache.kafka..",
                        "org.rocksdb..",
                        "org.postgresql..")
                .check(SERVER);
    }

    @Test
    void shouldHaveNoCycleAmongItsPackages() {
        slices().matching("io.deltaforge.server.(*)..")
                .should()
                .beFreeOfCycles()
                .check(SERVER);
    }
}
