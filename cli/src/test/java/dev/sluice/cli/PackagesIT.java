package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mvn package} makes, unpacked elsewhere and used from a third place. Runs after the packages are made. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class PackagesIT {
    private static final Path TARGET = Path.of(System.getProperty("sluice.root"), "cli", "target");
    private static final long MIB = 1 << 20;
    private static final int JAVA_6 = 50;

    @TempDir
    Path temp;

    private record Outcome(int code, String out, String err) {}

    @Test
    void the_zip_runs_on_the_java_of_the_machine() throws Exception {
        Path zip = built("sluice-*.zip");
        assertThat(Files.size(zip)).isBetween(5 * MIB, 24 * MIB);
        Path home = unzip(zip, temp.resolve("un zipped"));
        tellsItsStory(home, Map.of("JAVA_HOME", System.getProperty("java.home")));
    }

    @Test
    void the_package_with_a_java_of_its_own_runs_alone_and_is_small() throws Exception {
        Path archive = built("sluice-*.tar.gz");
        Path folder = Files.createDirectories(temp.resolve("un packed"));
        Outcome tar = run(folder, Map.of(), "tar", "xzf", archive.toString());
        assertThat(tar.code()).as(tar.err()).isZero();
        Path home = only(folder);
        assertThat(bytesWithoutModels(home)).isBetween(20 * MIB, 60 * MIB);
        tellsItsStory(home, Map.of("JAVA_HOME", "/nowhere"));
        Outcome chat = run(temp, Map.of("JAVA_HOME", "/nowhere"), sluice(home), "chat", "--quiet");
        assertThat(chat.code()).as(chat.err()).isZero();
        Outcome doctor = run(temp, Map.of("JAVA_HOME", "/nowhere"), sluice(home), "doctor");
        assertThat(doctor.out())
                .contains("Vector API")
                .contains(home.resolve("models").toString());
    }

    /** No cache takes class files of before Java 6: those would be parsed and verified at every start. */
    @Test
    void an_ahead_of_time_cache_can_hold_every_class() throws Exception {
        List<String> old = new ArrayList<>();
        int classes = 0;
        try (Stream<Path> jars = Files.list(TARGET.resolve("dist/lib"))) {
            for (Path jar :
                    jars.filter(path -> path.toString().endsWith(".jar")).toList()) {
                for (Map.Entry<String, Integer> type : versions(jar).entrySet()) {
                    classes++;
                    if (type.getValue() < JAVA_6) {
                        old.add(jar.getFileName() + ": " + type.getKey());
                    }
                }
            }
        }
        assertThat(old).isEmpty();
        assertThat(classes).isGreaterThan(1000);
    }

    /** Major versions of the class files of a jar. */
    private static Map<String, Integer> versions(Path jar) throws IOException {
        Map<String, Integer> versions = new HashMap<>();
        try (ZipFile file = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(file.entries())) {
                if (entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF/")) {
                    try (DataInputStream bytes = new DataInputStream(file.getInputStream(entry))) {
                        bytes.skipNBytes(6);
                        versions.put(entry.getName(), bytes.readUnsignedShort());
                    }
                }
            }
        }
        return versions;
    }

    /** A mark in whole seconds may be older than files that were written just before the build, which then look edited. */
    @Test
    void the_mark_of_the_build_has_its_start_to_the_millisecond() throws Exception {
        String start = System.getProperty("sluice.build.start");
        assertThat(start).matches(".*T\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(Files.getLastModifiedTime(TARGET.resolve("dist/.built")).toInstant())
                .isEqualTo(Instant.parse(start));
    }

    private void tellsItsStory(Path home, Map<String, String> environment) throws Exception {
        Outcome outcome = run(
                Files.createDirectories(temp.resolve("elsewhere")),
                environment,
                sluice(home),
                "run",
                "Write a story about a boat.",
                "--temp",
                "0",
                "-n",
                "4");
        assertThat(outcome).isEqualTo(new Outcome(0, "Once upon a time", ""));
    }

    private static String sluice(Path home) {
        return home.resolve("bin/sluice").toString();
    }

    /** The build makes one of each. */
    private static Path built(String glob) throws IOException {
        try (var files = Files.newDirectoryStream(TARGET, glob)) {
            List<Path> found = Stream.of(files).flatMap(PackagesIT::list).toList();
            assertThat(found).as(glob + " in " + TARGET).hasSize(1);
            return found.getFirst();
        }
    }

    private static Stream<Path> list(Iterable<Path> paths) {
        return java.util.stream.StreamSupport.stream(paths.spliterator(), false);
    }

    private static Path only(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.reduce((_, _) -> {
                        throw new AssertionError("more than one folder in the package");
                    })
                    .orElseThrow();
        }
    }

    private static Path unzip(Path zip, Path folder) throws IOException {
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", true));
                Stream<Path> all = Files.walk(files.getPath("/"))) {
            for (Path entry : all.toList()) {
                Path target = folder.resolve(entry.toString().substring(1));
                if (Files.isDirectory(entry)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(entry, target, StandardCopyOption.COPY_ATTRIBUTES);
                    Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(entry));
                }
            }
        }
        return only(folder);
    }

    private static long bytesWithoutModels(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(home.resolve("models")))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /** The error stream goes to a file: the launcher's filter holds a pipe open for a moment after the end. */
    private Outcome run(Path folder, Map<String, String> environment, String... command) throws Exception {
        Path err = Files.createTempFile(temp, "err", null);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
        builder.environment().put("HOME", temp.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        int code = process.waitFor();
        return new Outcome(code, out, Files.readString(err));
    }
}
