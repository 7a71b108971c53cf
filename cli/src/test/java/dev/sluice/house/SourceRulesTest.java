package dev.sluice.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can be seen in the source files of all modules, the benchmarks included. */
class SourceRulesTest {
    private static final int MOST_LINES = 330;

    /** Files that are allowed to be longer, from the repository's root. This list may only shrink. */
    private static final Set<String> LONGER_FILES =
            Set.of("kernels/src/test/java/dev/sluice/kernels/GoldenVectorsTest.java");

    private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

    @Test
    void source_files_are_short() throws IOException {
        List<String> tooLong = javaFiles("main", "test")
                .filter(file -> lines(file).size() > MOST_LINES)
                .map(SourceRulesTest::name)
                .filter(name -> !LONGER_FILES.contains(name))
                .map(name -> name + ": more than " + MOST_LINES + " lines, split it by noun")
                .toList();
        assertThat(tooLong).isEmpty();
    }

    @Test
    void every_exception_to_the_length_rule_is_still_needed() {
        List<String> notNeeded = LONGER_FILES.stream()
                .filter(name -> !Files.exists(ROOT.resolve(name))
                        || lines(ROOT.resolve(name)).size() <= MOST_LINES)
                .toList();
        assertThat(notNeeded).isEmpty();
    }

    /** What differs between families is in {@code Architecture} and {@code Weights}, so a new one changes nothing here. */
    @Test
    void engine_executor_and_kernels_name_no_family() throws IOException {
        List<Path> named = javaFiles("main")
                .filter(file -> name(file).matches("kernels/.*|runtime-core/.*/dev/sluice/(backend|cpu|engine)/.*"))
                .toList();
        assertThat(named)
                .hasSizeGreaterThan(80)
                .allSatisfy(file -> assertThat(file).content().doesNotContainIgnoringCase("\"qwen"));
    }

    @Test
    void every_package_says_what_belongs_in_it_and_is_null_marked() throws IOException {
        Set<Path> packages = javaFiles("main")
                .filter(file -> !file.endsWith("module-info.java"))
                .map(Path::getParent)
                .collect(Collectors.toSet());
        assertThat(packages).hasSizeGreaterThan(10).allSatisfy(folder -> {
            Path info = folder.resolve("package-info.java");
            assertThat(info).exists();
            assertThat(Files.readString(info)).startsWith("/**").contains("@NullMarked");
        });
    }

    @Test
    void every_module_has_a_module_info_that_says_what_it_is() throws IOException {
        // the benchmarks have none: JMH generates its classes into the package it finds them in, and needs no module
        try (Stream<Path> poms = Files.find(ROOT, 2, (path, _) -> path.endsWith("pom.xml"))) {
            assertThat(poms.map(Path::getParent).filter(module -> Files.exists(module.resolve("src/main/java"))))
                    .filteredOn(module -> !module.endsWith("bench"))
                    .isNotEmpty()
                    .allSatisfy(module -> assertThat(module.resolve("src/main/java/module-info.java"))
                            .content()
                            .startsWith("/**"));
        }
    }

    private static Stream<Path> javaFiles(String... kinds) throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules
                    .flatMap(module -> Stream.of(kinds).map(kind -> module.resolve("src", kind, "java")))
                    .filter(Files::isDirectory)
                    .flatMap(SourceRulesTest::walk)
                    .toList()
                    .stream();
        }
    }

    private static Stream<Path> walk(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String name(Path file) {
        return ROOT.relativize(file).toString().replace('\\', '/');
    }
}
