package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encodes 10 MB with the reference library and with ours, interleaved, best of five, and prints a table. */
@Tag("full")
class TokenizerSpeedTest {
    private static final int ROUNDS = 5;
    private static final int BATCH_ROUNDS = 2;
    private static final int BYTES = 10 << 20;

    @TempDir
    Path folder;

    private record Best(double wallSeconds, double cpuSeconds) {
        Best or(Best other) {
            return new Best(Math.min(wallSeconds, other.wallSeconds), Math.min(cpuSeconds, other.cpuSeconds));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "qwen3_5"})
    void twiceTheSpeedOfTheReferenceOnOneThread(String name) throws Exception {
        List<String> mixed = TokenizerCorpus.documents(7, BYTES);
        try (DjlTokenizer djl = new DjlTokenizer(name, folder)) {
            double ratio = compare(name + " mixed", mixed, TokenizerFixtures.tokenizer(name), djl);
            List<String> rare = TokenizerCorpus.rareWords(mixed.subList(0, mixed.size() / 5), 8);
            compare(name + " rare words", rare, TokenizerFixtures.tokenizer(name), djl);
            assertThat(ratio).isGreaterThan(2);
        }
    }

    /** Ratio of CPU time, which a busy machine disturbs less than the clock. */
    private static double compare(String label, List<String> documents, Tokenizer tokenizer, DjlTokenizer djl) {
        Best none = new Best(Double.MAX_VALUE, Double.MAX_VALUE);
        Best ours = none;
        Best theirs = none;
        Best batch = none;
        for (int round = 0; round < ROUNDS; round++) {
            int[][] ourIds = new int[documents.size()][];
            int[][] theirIds = new int[documents.size()][];
            ours = ours.or(time(() -> {
                for (int i = 0; i < ourIds.length; i++) {
                    ourIds[i] = tokenizer.encode(documents.get(i), Tokenizer.Specials.ALL);
                }
                return ourIds;
            }));
            theirs = theirs.or(time(() -> {
                for (int i = 0; i < theirIds.length; i++) {
                    theirIds[i] = djl.encode(documents.get(i));
                }
                return theirIds;
            }));
            assertThat(Arrays.deepEquals(ourIds, theirIds)).isTrue();
            if (round < BATCH_ROUNDS) {
                batch = batch.or(time(() -> djl.encodeAll(documents)));
            }
        }
        double megabytes = documents.stream()
                        .mapToLong(d -> d.getBytes(StandardCharsets.UTF_8).length)
                        .sum()
                / 1e6;
        System.out.printf(
                Locale.ROOT,
                "%-18s %.1f MB  ours %.1f MB/s (%.1f of CPU)  DJL %.1f (%.1f)  batch %.1f  ratio %.1f, CPU %.1f, batch %.1f%n",
                label,
                megabytes,
                megabytes / ours.wallSeconds,
                megabytes / ours.cpuSeconds,
                megabytes / theirs.wallSeconds,
                megabytes / theirs.cpuSeconds,
                megabytes / batch.wallSeconds,
                theirs.wallSeconds / ours.wallSeconds,
                theirs.cpuSeconds / ours.cpuSeconds,
                batch.wallSeconds / ours.wallSeconds);
        return theirs.cpuSeconds / ours.cpuSeconds;
    }

    private static Best time(Supplier<Object> work) {
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long wall = System.nanoTime();
        assertThat(work.get()).isNotNull();
        return new Best(
                (System.nanoTime() - wall) * 1e-9,
                (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) * 1e-9);
    }
}
