package dev.sluice.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.ANNOTATIONS;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.sluice.kernels.Kernels;
import dev.sluice.models.ModelFolder;

/** Holds the arrows of docs/architecture.md over the compiled classes of every module the command is made of. */
@AnalyzeClasses(packages = "dev.sluice", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule modules_depend_downwards_only = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("kernels")
            .definedBy("dev.sluice.kernels..")
            .layer("models")
            .definedBy("dev.sluice.models..", "dev.sluice.error")
            .layer("runtime")
            .definedBy(
                    "dev.sluice",
                    "dev.sluice.backend..",
                    "dev.sluice.cpu..",
                    "dev.sluice.engine..",
                    "dev.sluice.text..",
                    "dev.sluice.tools..")
            .layer("cli")
            .definedBy("dev.sluice.cli..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("runtime")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("models")
            .mayOnlyBeAccessedByLayers("runtime", "cli")
            .whereLayer("kernels")
            .mayOnlyBeAccessedByLayers("models", "runtime");

    @ArchTest
    static final ArchRule every_package_is_in_a_module_named_above = classes()
            .should()
            .resideInAnyPackage(
                    "dev.sluice",
                    "dev.sluice.kernels..",
                    "dev.sluice.models..",
                    "dev.sluice.error",
                    "dev.sluice.backend..",
                    "dev.sluice.cpu..",
                    "dev.sluice.engine..",
                    "dev.sluice.text..",
                    "dev.sluice.tools..",
                    "dev.sluice.cli..");

    @ArchTest
    static final ArchRule no_cycles_between_packages = slices().matching("dev.(**)")
            .should()
            .beFreeOfCycles()
            // two facades name what they choose from; nothing else may point back
            .ignoreDependency(
                    equivalentTo(Kernels.class),
                    resideInAnyPackage(
                            "dev.sluice.kernels.reference",
                            "dev.sluice.kernels.scalar",
                            "dev.sluice.kernels.start",
                            "..vector",
                            "dev.sluice.kernels.foreign"))
            .ignoreDependency(equivalentTo(ModelFolder.class), resideInAPackage("dev.sluice.models.family"));

    @ArchTest
    static final ArchRule a_family_is_known_to_the_model_folder_alone = noClasses()
            .that()
            .resideOutsideOfPackage("dev.sluice.models.family..")
            .and()
            .doNotBelongToAnyOf(ModelFolder.class)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.sluice.models.family..");

    @ArchTest
    static final ArchRule the_command_uses_the_public_api_only = noClasses()
            .that()
            .resideInAPackage("dev.sluice.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.sluice.kernels..",
                    "dev.sluice.models..",
                    "dev.sluice.backend..",
                    "dev.sluice.cpu..",
                    "dev.sluice.engine..",
                    "dev.sluice.text..");

    @ArchTest
    static final ArchRule the_backend_seam_knows_neither_text_nor_engine_nor_a_backend = noClasses()
            .that()
            .resideInAPackage("dev.sluice.backend..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.sluice", "dev.sluice.cpu..", "dev.sluice.engine..", "dev.sluice.text..");

    @ArchTest
    static final ArchRule the_cpu_backend_knows_neither_text_nor_engine = noClasses()
            .that()
            .resideInAPackage("dev.sluice.cpu..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.sluice", "dev.sluice.engine..", "dev.sluice.text..", "dev.sluice.tools..");

    @ArchTest
    static final ArchRule the_engine_knows_no_backend = noClasses()
            .that()
            .resideInAPackage("dev.sluice.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.sluice", "dev.sluice.cpu..", "dev.sluice.tools..");

    @ArchTest
    static final ArchRule text_knows_no_model_and_no_engine = noClasses()
            .that()
            .resideInAPackage("dev.sluice.text..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.sluice",
                    "dev.sluice.kernels..",
                    "dev.sluice.backend..",
                    "dev.sluice.cpu..",
                    "dev.sluice.engine..",
                    "dev.sluice.tools..");

    @ArchTest
    static final ArchRule the_vector_api_stays_with_kernels_and_probes = noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice.kernels.vector..", "dev.sluice.kernels.probe..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.vector..");

    @ArchTest
    static final ArchRule cuda_bindings_stay_in_their_backend = noClasses()
            .that()
            .resideOutsideOfPackage("dev.sluice.cuda..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jcuda..", "org.jcuda..");

    @ArchTest
    static final ArchRule terminal_libraries_stay_in_the_command = noClasses()
            .that()
            .resideOutsideOfPackage("dev.sluice.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..", "org.jline..");

    @ArchTest
    static final ArchRule options_are_declared_without_annotations = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("picocli..").and(ANNOTATIONS))
            .because("picocli reads annotations by reflection at every start; dev.sluice.cli.Flags declares options");

    @ArchTest
    static final ArchRule json_is_read_where_files_are_read = noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice.models.checkpoint..", "dev.sluice.text..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("tools.jackson..");

    @ArchTest
    static final ArchRule only_the_command_prints =
            noClasses().that().resideOutsideOfPackage("dev.sluice.cli..").should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule logging_is_system_logger = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    @ArchTest
    static final ArchRule no_unsafe_and_no_reflection = noClasses()
            .that()
            // the one way to have the Vector API after boot; what it needs of one JDK release it looks for by name
            .doNotHaveFullyQualifiedName("dev.sluice.kernels.VectorModule")
            .should()
            .dependOnClassesThat(resideInAnyPackage("sun..", "jdk.internal..", "java.lang.reflect..")
                    .and(not(nameStartingWith("sun.misc.Signal"))));

    @ArchTest
    static final ArchRule signals_are_taken_in_one_place = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.sluice.cli.Interrupt")
            .should()
            .dependOnClassesThat(nameStartingWith("sun.misc.Signal"));

    @ArchTest
    static final ArchRule no_static_variables =
            fields().that().areStatic().should().beFinal();
}
