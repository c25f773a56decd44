package io.deltaforge.api;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.deltaforge.api.checkpoint.StateStore;
import org.junit.jupiter.api.Test;

/** Holds the arrows of the API: it stands on the JDK and slf4j, and its plugin kinds do not know one another. */
final class ArrowsTest {
    private static final JavaClasses API = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.deltaforge.api");

    @Test
    void shouldStandOnTheJdkAndSlf4jAlone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.slf4j..", "io.deltaforge.api..")
                .because("whatever the API depends on, every plugin has on its class path")
                .check(API);
    }

    @Test
    void shouldHaveNoCycleAmongItsPackages() {
        slices().matching("io.deltaforge.api.(*)..").should().beFreeOfCycles().check(API);
    }

    @Test
    void shouldKeepSourcesApartFromTheOtherPluginKinds() {
        // A source keeps its own notes in the state store that its context hands over: the one type it shares.
        noClasses()
                .that()
                .resideInAPackage("..api.source..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("..api.processor..", "..api.sink..", "..api.checkpoint..")
                        .and(type(StateStore.class).negate().as("other than StateStore")))
                .check(API);
    }

    @Test
    void shouldKeepProcessorsApartFromTheOtherPluginKinds() {
        keepApart("..api.processor..", "..api.source..", "..api.sink..", "..api.checkpoint..");
    }

    @Test
    void shouldKeepSinksApartFromTheOtherPluginKinds() {
        keepApart("..api.sink..", "..api.source..", "..api.processor..", "..api.checkpoint..");
    }

    @Test
    void shouldKeepCheckpointStoresApartFromTheOtherPluginKinds() {
        keepApart("..api.checkpoint..", "..api.source..", "..api.processor..", "..api.sink..");
    }

    @Test
    void shouldKeepSharedWordsFreeOfThePluginKinds() {
        for (String shared : new String[] {"event", "encode", "config", "error", "metrics"}) {
            keepApart(
                    "..api." + shared + "..",
                    "..api.source..",
                    "..api.processor..",
                    "..api.sink..",
                    "..api.checkpoint..");
        }
    }

    private static void keepApart(String from, String... others) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(API);
    }
}
