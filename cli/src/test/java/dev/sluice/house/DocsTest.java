package dev.sluice.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README and docs show can be typed as it stands, and what they name exists. */
class DocsTest {
    private static final Path ROOT = Path.of(System.getProperty("sluice.root"));
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z]+Test)`");
    private static final Pattern NATIVE_ACCESS = Pattern.compile("--enable-native-access=(\\S+)");
    private static final Pattern NATIVE_USE = Pattern.compile(
            "\\.reinterpret\\(|Linker\\.nativeLinker\\(|\\.downcallHandle\\(|SymbolLookup\\.libraryLookup");
    private static final Map<String, String> MODULES = Map.of(
            "kernels", "dev.sluice.kernels",
            "models", "dev.sluice.models",
            "runtime-core", "dev.sluice.runtime",
            "cli", "dev.sluice.cli");
    private static final Pattern LINKED_FILE = Pattern.compile("`((?:docs/)?[A-Za-z/]+\\.md|LICENSE|NOTICE)`");

    @Test
    void the_java_of_the_readme_compiles(@TempDir Path folder) throws IOException {
        Matcher block = JAVA.matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(block.find()).isTrue();
        Path source = Files.writeString(folder.resolve("Storyteller.java"), block.group(1));
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<String> options =
                List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-Xlint:all", "-Werror");
        try (var files = javac.getStandardFileManager(null, null, null)) {
            var sources = files.getJavaFileObjects(source);
            boolean compiled =
                    javac.getTask(messages, files, null, options, null, sources).call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }

    /** Without its name in the flag, a module's first use of such a method puts warnings of the JVM before the text. */
    @Test
    void the_launcher_and_the_readme_name_every_module_that_uses_native_memory() throws IOException {
        for (String file : List.of("sluice", "README.md")) {
            Matcher flag = NATIVE_ACCESS.matcher(Files.readString(ROOT.resolve(file)));
            assertThat(flag.find()).as(file).isTrue();
            List<String> named = List.of(flag.group(1).split(","));
            for (Map.Entry<String, String> module : MODULES.entrySet()) {
                assertThat(named.contains(module.getValue()))
                        .as("%s: %s", file, module)
                        .isEqualTo(
                                usesNativeMemory(ROOT.resolve(module.getKey()).resolve("src/main")));
            }
            assertThat(named).contains("org.jline.terminal.ffm");
        }
    }

    private static boolean usesNativeMemory(Path sources) throws IOException {
        try (Stream<Path> files =
                Files.find(sources, 20, (path, _) -> path.toString().endsWith(".java"))) {
            for (Path file : files.toList()) {
                if (NATIVE_USE.matcher(Files.readString(file)).find()) {
                    return true;
                }
            }
            return false;
        }
    }

    @Test
    void the_files_that_the_readme_names_exist() throws IOException {
        assertThat(LINKED_FILE
                        .matcher(Files.readString(ROOT.resolve("README.md")))
                        .results())
                .hasSizeGreaterThan(4)
                .allSatisfy(name -> assertThat(ROOT.resolve(name.group(1))).exists());
    }

    @Test
    void the_tests_that_docs_name_exist() throws IOException {
        Set<String> named = new TreeSet<>();
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            for (Path page : docs.toList()) {
                TEST.matcher(Files.readString(page)).results().forEach(name -> named.add(name.group(1) + ".java"));
            }
        }
        try (Stream<Path> files =
                Files.find(ROOT, 20, (path, _) -> path.toString().endsWith("Test.java"))) {
            assertThat(files.map(path -> path.getFileName().toString())).containsAll(named);
        }
        assertThat(named).hasSizeGreaterThan(4);
    }
}
