package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.Json;
import dev.sluice.cli.CommandRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
    @TempDir
    private Path folder;

    @Test
    void rowsForProgramsAndATableForPeopleInOneRun() {
        Result result = CommandRun.embedded()
                .run(
                        "bench",
                        "-p",
                        "4-8*2",
                        "-n",
                        "2",
                        "-r",
                        "2",
                        "--no-warmup",
                        "--quick",
                        "-o",
                        "jsonl",
                        "-oe",
                        "md");
        assertThat(result.code()).isZero();
        List<Map<String, Object>> rows = result.out()
                .lines()
                .map(Json::object)
                .map(BenchCommandTest::present)
                .toList();
        assertThat(rows).extracting(row -> row.get("test")).containsExactly("pp4", "pp8", "tg2");
        assertThat(rows)
                .allSatisfy(row -> assertThat(row)
                        .containsKeys("avg_ts", "stddev_ts", "percent_of_roofline", "roofline_gbps", "roofline_gflops")
                        .containsKeys(
                                "n_prompt",
                                "n_gen",
                                "n_depth",
                                "n_threads",
                                "avg_ns",
                                "stddev_ns",
                                "samples_ns",
                                "test_time")
                        .containsKeys("bytes_per_token", "jvm_flags", "kernels", "limits", "memory", "model_n_params")
                        .containsEntry("model_filename", "sluice-tiny-fp8"));
        assertThat(result.err())
                .contains("| model ", "roofline |", "limits of ", "pp8, 2 of 2:")
                .doesNotContain("warm-up");
    }

    @SuppressWarnings("NullAway")
    private static Map<String, Object> present(Map<String, ?> row) {
        return new java.util.HashMap<>(row);
    }

    @Test
    void aShapeIsMadeAndDeleted() {
        Result result = new CommandRun()
                .run(
                        "bench",
                        "-n",
                        "1",
                        "-r",
                        "1",
                        "--no-warmup",
                        "--quick",
                        "--quiet",
                        "-o",
                        "csv",
                        "synth:qwen3-0.6b@1/28:fp8");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out().lines()).hasSize(2);
        assertThat(result.out()).startsWith("build_commit,").contains("\"synth:qwen3-0.6b@1/28:fp8\"");
        String mine = "sluice-synth-" + ProcessHandle.current().pid();
        assertThat(List.of(Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir"))))
                .filteredOn(Files::isDirectory)
                .allSatisfy(place -> assertThat(place.toFile().list()).noneMatch(name -> name.contains(mine)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--tests zz512 | no test is called \"zz512\"",
                "--tests pp512 -n 4 | in two ways",
                "--tests tg4@d9000 | needs 9004 positions",
                "-p 0 | nothing to measure",
                "-n -4 | -n",
                "-p 99999999 | expected 0 to 1048576",
                "-p 9-3 | ends before it begins",
                "-p 0-8*2 | multiplies 0 and would not end",
                "-p 1-9999 | more than 1000 numbers",
                "--tests pp0 | has 0 tokens",
                "--tests pg4 | needs two numbers",
                "--tests tg99999999999 | expected 0 to 1048576",
                "--tests tg4 -n 4 | in two ways",
                "-n 4 -d 99999999999 | -d has the number 99999999999",
                "-n 4 -t 5000 | expected 1 to 1024",
                "-p 1-40 -n 1-40 -t 1-40 | combinations; at most 1000",
                "synth: | cannot be read; expected NAME",
                "synth:qwen3-0.6b@1/0 | qwen3-0.6b@1/0",
                "-n 4 -r 0 | -r has the number 0",
                "-n 4 -r 1,2 | expected one number",
                "-n 4 -t 0 | -t has the number 0",
                "-n 4 -b 9000 | expected 1 to 8192",
                "-pg 4 | expected two numbers",
                "-n 4 -o xml | --output is xml, expected one of md, csv, json, jsonl",
                "synth:llama-9b | no release has the shape",
                "synth:qwen3-0.6b:int3 | there are bf16, fp8, affine4, affine8",
                "--compare a b m | leave out m",
                "--compare /no/such /file | /no/such cannot be read",
                "latency -r 0 | -r has the number 0"
            })
    void wrongUsageIsExplained(String line, String message) {
        Result result = CommandRun.embedded().run(("bench " + line.strip()).split(" "));
        assertThat(result.err()).startsWith("sluice: ").contains(message).doesNotContain("\tat ");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aModelThatIsNotThereHasItsOwnExitCode() {
        Result result = new CommandRun().run("bench", "/no/such/model");
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.err()).contains("/no/such/model does not exist");
    }

    @Test
    void moreThreadsThanCoresIsSaidAndMeasured() {
        int threads = Runtime.getRuntime().availableProcessors() + 1;
        Result result = CommandRun.embedded()
                .run(
                        "bench",
                        "-n",
                        "1",
                        "-r",
                        "1",
                        "--no-warmup",
                        "--quick",
                        "-o",
                        "json",
                        "-t",
                        String.valueOf(threads));
        assertThat(result.err()).contains(threads + " threads on ");
        assertThat(result.out()).contains("\"n_threads\":" + threads);
    }

    @Test
    void twoResultsAreCompared() throws IOException {
        String row = "{\"model_filename\":\"m\",\"test\":\"tg4\",\"n_threads\":1,\"n_batch\":512,\"avg_ts\":%s,"
                + "\"stddev_ts\":0.1,\"samples_ts\":[1,2,3]}\n";
        Path before = Files.writeString(folder.resolve("before"), row.formatted(10));
        Path after = Files.writeString(folder.resolve("after"), row.formatted(12));
        Result result = new CommandRun().run("bench", "--compare", before.toString(), after.toString());
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("| 10.00 ± 0.10 | 12.00 ± 0.10 | 1.200 | faster |");
    }

    @Test
    void partsOfTheTimeToTheFirstToken() {
        Result result = CommandRun.embedded().run("bench", "latency", "-r", "1");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("| process start to first token |", "a JVM that says hello")
                .containsPattern("first token, in hellos: \\d+\\.\\d \\(first byte to first byte")
                .contains("| parts, of a process that measures itself | best ms |")
                .contains("| JVM start |", "| load |", "| tokenizer |", "| prefill |", "| first token |");
    }

    @Test
    void theFirstTokenIsThatOfTheCommandWhichUsersRun() {
        Map<String, Object> figures = present(Json.object(CommandRun.embedded()
                .run("bench", "latency", "-r", "2", "-o", "json")
                .out()));
        double token = bestMs(figures, "process start to first token");
        double hello = bestMs(figures, "for comparison: a JVM that says hello");
        assertThat(token).isGreaterThan(hello);
        assertThat((Double) figures.get("first token, in hellos")).isCloseTo(token / hello, within(1e-6));
        assertThat(hello).isPositive();
    }

    private static double bestMs(Map<String, Object> figures, String name) {
        Map<?, ?> times = (Map<?, ?>) figures.get(name);
        return ((Number) times.get("best_ms")).doubleValue();
    }

    @Test
    void aModelThatCannotAnswerIsNotTimed() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        Result result = new CommandRun().run("bench", "latency", "-r", "1", folder.toString());
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains("a process that was to be measured ended with 3; run this to see why: ")
                .contains(" run -n 1 --temp 0 -m " + folder)
                .doesNotContain("\tat ");
    }

    /** A copy of the model for which the first token of its story is the end. */
    @Test
    void anAnswerWithoutTextIsTimedToItsEndAndSaysSo() throws IOException {
        try (Stream<Path> files = Files.list(CommandRun.EMBEDDED)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [390, 4093]}");
        Result result = new CommandRun().run("bench", "latency", "-r", "1", folder.toString());
        assertThat(result.code()).isZero();
        assertThat(result.err()).startsWith("sluice: the first token of this model shows no text");
        assertThat(result.out()).contains("| process start to first token |");
    }
}
