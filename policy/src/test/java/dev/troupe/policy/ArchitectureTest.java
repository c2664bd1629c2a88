package dev.troupe.policy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.troupe.runtime.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    @Test
    void keepsTheRules() {
        ArchitectureRules.check("dev.troupe.policy");
    }

    @Test
    void onlyTheFacadesKnowTheEngine() {
        var classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.troupe.policy");

        noClasses()
                .that()
                .haveNameNotMatching(".*\\.(Torch|ScriptModule)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl.pytorch..")
                .check(classes);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.troupe.runtime..", "dev.troupe.schemas..", "org.apache.kafka..")
                .because("a policy knows nothing of Kafka")
                .check(classes);
    }
}
