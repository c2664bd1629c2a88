package dev.troupe.runtime;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** What the compiler cannot see. Each module's {@code ArchitectureTest} calls {@link #check}. */
public final class ArchitectureRules {

    private static final List<String> SERVICES = List.of("agent", "reward", "trainer", "evaluator");

    private ArchitectureRules() {}

    /**
     * Checks the main classes of a module.
     *
     * @param basePackage of the module, such as {@code dev.troupe.agent}
     * @throws AssertionError naming each class that breaks a rule
     */
    public static void check(String basePackage) {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
                .importPackages(basePackage);
        if (classes.isEmpty()) {
            throw new AssertionError("no classes under " + basePackage);
        }
        rules(basePackage).forEach(rule -> rule.allowEmptyShould(true).check(classes));
    }

    private static List<ArchRule> rules(String basePackage) {
        return List.of(
                slices().matching(basePackage + ".(**)").should().beFreeOfCycles(),
                noSleep(),
                noExit(),
                noStandardStreams(),
                noLegacyDates(),
                noMutableStatics(),
                kafkaClientsStayInKafkaPackages(),
                servicesMeetInTopics(),
                policiesBelongToAgentAndTrainer(),
                internalsStayInside(basePackage));
    }

    private static ArchRule noSleep() {
        return noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "Thread.sleep or TimeUnit.sleep",
                        call -> call.getTarget().getName().equals("sleep")
                                && (call.getTargetOwner().isEquivalentTo(Thread.class)
                                        || call.getTargetOwner().isEquivalentTo(java.util.concurrent.TimeUnit.class))))
                .because("a wait has a deadline and something that ends it early");
    }

    private static ArchRule noExit() {
        return noClasses()
                .that()
                .doNotHaveSimpleName("Main")
                .should()
                .callMethod(System.class, "exit", int.class)
                .because("only Main ends the process");
    }

    private static ArchRule noStandardStreams() {
        return noClasses()
                .that(resideOutsideOfPackages("dev.troupe.cli.."))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .because("services log; only the command line prints");
    }

    private static ArchRule noLegacyDates() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Date")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Calendar")
                .because("time is java.time");
    }

    private static ArchRule noMutableStatics() {
        return fields().that()
                .areStatic()
                .and()
                .doNotHaveModifier(SYNTHETIC)
                .and()
                .areDeclaredInClassesThat(handWritten())
                .should()
                .haveModifier(FINAL)
                .because("state has an owner");
    }

    private static ArchRule kafkaClientsStayInKafkaPackages() {
        return noClasses()
                .that(resideOutsideOfPackages("..kafka..", "dev.troupe.local..", "dev.troupe.cli.."))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka.clients..")
                .because("clients are made and closed in kafka packages; elsewhere there are queues, readers, writers");
    }

    private static ArchRule servicesMeetInTopics() {
        return slices().matching("dev.troupe.(*)..")
                .that(DescribedPredicate.describe("are services", slice -> SERVICES.contains(slice.getNamePart(1))))
                .should()
                .notDependOnEachOther();
    }

    private static ArchRule policiesBelongToAgentAndTrainer() {
        return noClasses()
                .that(resideOutsideOfPackages(
                        "dev.troupe.policy..", "dev.troupe.agent..", "dev.troupe.trainer..", "dev.troupe.cli.."))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.troupe.policy..");
    }

    private static ArchRule internalsStayInside(String basePackage) {
        return noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.troupe..internal..").and(resideOutsideOfPackages(basePackage + "..")));
    }

    /** Avro's generated classes are not held to our rules. */
    private static DescribedPredicate<JavaClass> handWritten() {
        return resideOutsideOfPackages("dev.troupe.schemas.avro..");
    }
}
