package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code sluice} with a stand-in JDK, whose java prints its arguments, and a stand-in Maven. */
class LauncherTest {
    private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

    @TempDir
    private Path temp;

    private Path jdk;
    private Path maven;

    private record Outcome(int code, String out, String err) {}

    private record Started(Process process, Path out) {}

    @BeforeEach
    void standIns() throws IOException {
        jdk = temp.resolve("a jdk");
        script(jdk.resolve("bin/java"), """
                printf '%s\\n' "$@"
                printf 'last words' >&2
                exit 7
                """);
        script(jdk.resolve("bin/javac"), "exit 1");
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.3\"\n");
        maven = temp.resolve("maven/mvn");
        script(maven, """
                echo "JAVA_HOME=$JAVA_HOME" >> builds
                sleep 0.3
                mkdir -p cli/target/dist/lib && touch cli/target/dist/.built
                """);
    }

    @Test
    void arguments_exit_code_and_standard_error_pass() throws Exception {
        Outcome outcome = run(distribution(), "run", "two words", "", "a*b");
        assertThat(outcome.out()).endsWith("dev.sluice.cli/dev.sluice.cli.Main\nrun\ntwo words\n\na*b\n");
        assertThat(outcome.err()).isEqualTo("last words");
        assertThat(outcome.code()).isEqualTo(7);
    }

    @Test
    void a_distribution_is_found_through_links_and_never_built() throws Exception {
        Path script = distribution();
        Path first = Files.createSymbolicLink(temp.resolve("first"), script);
        Path second = Files.createSymbolicLink(temp.resolve("second"), first.getFileName());
        Outcome outcome = run(second);
        assertThat(outcome.out())
                .contains("-Dsluice.home=" + script.getParent().getParent().toRealPath() + "\n");
        assertThat(builds(script.getParent())).isEmpty();
    }

    @Test
    void a_java_home_of_another_version_is_passed_over_for_the_java_on_the_path() throws Exception {
        Path other = temp.resolve("jdk 24");
        script(other.resolve("bin/java"), "echo wrong one");
        Files.writeString(other.resolve("release"), "JAVA_VERSION=\"24.0.1\"\n");
        Files.createSymbolicLink(maven.resolveSibling("java"), jdk.resolve("bin/java"));
        jdk = other;
        Outcome outcome = run(distribution());
        assertThat(outcome.code()).isEqualTo(7);
        assertThat(outcome.err()).isEqualTo("last words");
    }

    @Test
    void a_distribution_with_a_java_of_its_own_needs_no_other() throws Exception {
        Path script = distribution();
        script(script.getParent().resolveSibling("runtime/bin/java"), "echo own java");
        jdk = temp.resolve("none");
        assertThat(run(script)).isEqualTo(new Outcome(0, "own java\n", ""));
    }

    @Test
    void a_lone_script_says_what_it_missed() throws Exception {
        Path script = copyTo(temp.resolve("lone/bin"));
        assertThat(run(script))
                .isEqualTo(new Outcome(
                        1,
                        "",
                        "sluice: found neither a source checkout in %s nor a distribution in %s (its lib folder is missing).\n"
                                .formatted(
                                        script.getParent().toRealPath(),
                                        temp.resolve("lone").toRealPath())));
    }

    @Test
    void a_checkout_is_built_once_on_the_jdk_that_was_found() throws Exception {
        Path script = checkout();
        assertThat(run(script).err())
                .matches("sluice: building \\(first use, a minute or two\\) \\.\\.\\. done in \\d+ s\nlast words");
        assertThat(run(script).err()).isEqualTo("last words");
        assertThat(builds(script.getParent())).containsExactly("JAVA_HOME=" + jdk);
        assertThat(script.resolveSibling("target/sluice-build.lock")).doesNotExist();
    }

    @Test
    void a_changed_source_is_built_again_and_a_changed_test_is_not() throws Exception {
        Path script = checkout();
        run(script);
        Path later = script.resolveSibling("models/src/test/A.java");
        Files.createDirectories(later.getParent());
        Files.writeString(later, "");
        Files.setLastModifiedTime(later, FileTime.from(Instant.now().plusSeconds(10)));
        assertThat(run(script).err()).isEqualTo("last words");

        Path source = script.resolveSibling("models/src/main/A.java");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(10)));
        assertThat(run(script).err()).startsWith("sluice: building ... done in");
        assertThat(builds(script.getParent())).hasSize(2);
    }

    @Test
    void two_first_uses_at_once_build_once() throws Exception {
        Path script = checkout();
        List<Started> both = List.of(start(script), start(script));
        for (Started one : both) {
            assertThat(outcome(one).code()).isEqualTo(7);
        }
        assertThat(builds(script.getParent())).hasSize(1);
    }

    @Test
    void the_lock_of_a_build_that_was_killed_is_taken_over() throws Exception {
        Path script = checkout();
        Path lock = script.resolveSibling("target/sluice-build.lock");
        Files.createDirectories(lock);
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.writeString(lock.resolve("pid"), gone.pid() + "\n");
        assertThat(run(script).err()).contains("done in").endsWith("last words");
        assertThat(lock).doesNotExist();
    }

    @Test
    void a_failed_build_shows_the_compilers_words_and_the_log() throws Exception {
        Path script = checkout();
        script(maven, """
                echo '[INFO] noise'
                echo '[ERROR] /x/A.java:[1,2] error: no such thing'
                echo '[ERROR] Re-run Maven using the -X switch'
                exit 1
                """);
        Outcome outcome = run(script);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .contains("failed after", "A.java:[1,2] error: no such thing", "sluice: the whole log is ")
                .doesNotContain("noise", "Re-run");
        assertThat(script.resolveSibling("target/sluice-build.lock")).doesNotExist();
    }

    /** The stand-in fails at everything, and a stand-in that records and creates makes a file of its arguments. */
    @Test
    void the_cache_is_made_once_and_used_from_then_on() throws Exception {
        Path script = distribution();
        Path cache = script.getParent().resolveSibling("cache/java-25.0.3.aot");
        script(jdk.resolve("bin/java"), """
                for flag in "$@"; do
                  case $flag in
                    -XX:AOTConfiguration=*) echo list >"${flag#*=}" ;;
                    -XX:AOTCache=*.new) printf '%s\\n' "$@" >"${flag#*=}" ;;
                  esac
                done
                printf '%s\\n' "$@"
                """);
        assertThat(run(script).out()).doesNotContain("-XX:AOT");
        for (int tenths = 0; tenths < 300 && !Files.exists(cache); tenths++) {
            Thread.sleep(100);
        }
        assertThat(cache)
                .content()
                .contains("-XX:AOTMode=create", "--add-exports", "dev.sluice.cli/dev.sluice.cli.Main");
        assertThat(run(script).out()).contains("-XX:AOTCache=" + cache.toRealPath() + "\n");
    }

    @Test
    void a_cache_that_could_not_be_made_is_not_tried_again() throws Exception {
        Path script = distribution();
        run(script);
        Path mark = script.getParent().resolveSibling("cache/java-25.0.3.aot.making");
        assertThat(mark).isDirectory();
        FileTime before = Files.getLastModifiedTime(mark);
        assertThat(run(script).out()).doesNotContain("-XX:AOT");
        assertThat(Files.getLastModifiedTime(mark)).isEqualTo(before);
    }

    private Path distribution() throws IOException {
        Path home = Files.createDirectories(temp.resolve("an installation"));
        Files.createDirectories(home.resolve("lib"));
        return copyTo(home.resolve("bin"));
    }

    private Path checkout() throws IOException {
        Path home = Files.createDirectories(temp.resolve("a checkout"));
        Files.writeString(home.resolve("pom.xml"), "");
        for (String module : List.of("models", "cli")) {
            Files.createDirectories(home.resolve(module).resolve("src/main"));
            Files.writeString(home.resolve(module).resolve("pom.xml"), "");
        }
        Files.createDirectories(home.resolve("cli/src/dist"));
        Files.writeString(home.resolve("models/src/main/A.java"), "");
        return copyTo(home);
    }

    private static Path copyTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        return Files.copy(ROOT.resolve("sluice"), folder.resolve("sluice"));
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static List<String> builds(Path folder) throws IOException {
        Path log = folder.resolve("builds");
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    private Outcome run(Path script, String... arguments) throws Exception {
        return outcome(start(script, arguments));
    }

    private Started start(Path script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("bash", script.toString()));
        command.addAll(List.of(arguments));
        return start(command);
    }

    /** Standard error through a pipe that ends with its last writer, the script's filter; standard output in a file. */
    private Started start(List<String> program) throws IOException {
        Path out = Files.createTempFile(temp, "out", null);
        List<String> command = new ArrayList<>(
                List.of("bash", "-c", "\"$@\" 2>&1 >\"$0\" | cat; exit ${PIPESTATUS[0]}", out.toString()));
        command.addAll(program);
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        environment.put("JAVA_HOME", jdk.toString());
        environment.put("HOME", temp.toString());
        environment.put("PATH", maven.getParent() + ":" + environment.get("PATH"));
        environment.remove("SLUICE_JAVA_OPTS");
        return new Started(builder.start(), out);
    }

    private static Outcome outcome(Started started) throws Exception {
        started.process().getOutputStream().close();
        String err = new String(started.process().getInputStream().readAllBytes(), UTF_8);
        int code = started.process().waitFor();
        return new Outcome(code, Files.readString(started.out()), err);
    }
}
