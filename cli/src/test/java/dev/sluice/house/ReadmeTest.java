package dev.sluice.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows can be typed as it stands. */
class ReadmeTest {
    private static final Path ROOT = Path.of(System.getProperty("sluice.root"));
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINKED_FILE = Pattern.compile("`((?:docs/)?[A-Za-z/]+\\.md|LICENSE|NOTICE)`");

    @Test
    void its_java_compiles(@TempDir Path folder) throws IOException {
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

    @Test
    void the_files_it_names_exist() throws IOException {
        assertThat(LINKED_FILE
                        .matcher(Files.readString(ROOT.resolve("README.md")))
                        .results())
                .hasSizeGreaterThan(4)
                .allSatisfy(name -> assertThat(ROOT.resolve(name.group(1))).exists());
    }
}
