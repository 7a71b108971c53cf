package dev.sluice.tools;

import dev.sluice.cpu.CpuExecutor;
import dev.sluice.cpu.CpuOptions;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.Architecture;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.LoadedModel;
import dev.sluice.models.ModelFolder;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.models.checkpoint.NamedArrays;
import dev.sluice.models.checkpoint.Tolerances;
import dev.sluice.tools.taps.TapComparison;
import dev.sluice.tools.taps.TapRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything a model computes for a prompt, by name: written to a file, or compared with one. Keys and values are cached
 * in F32, so that differences are those of the arithmetic. Needs no tokenizer.
 */
public final class Taps {
    /** Tokens that a draft is chained over, as in the files of the reference. */
    private static final int DRAFTS = 3;

    /** Most numbers of one array: it lies on the heap as bytes. */
    private static final long MOST = Integer.MAX_VALUE / Float.BYTES - 8;

    /**
     * One compared value.
     *
     * @param name such as {@code tap.layers.3.mixer}
     * @param difference largest absolute difference; for ids how many differ
     * @param tolerance largest difference allowed
     * @param fault why the values cannot be compared, or null
     */
    public record Row(
            String name,
            double difference,
            double tolerance,
            @Nullable String fault,
            boolean within) {}

    /**
     * All compared values.
     *
     * @param rows in the order in which the model computes them
     * @param notCompared names of the file that no run of this program computes
     * @param firstOutside name of the first row out of tolerance, or null
     */
    public record Comparison(
            List<Row> rows,
            List<String> notCompared,
            @Nullable String firstOutside) {
        public Comparison {
            rows = List.copyOf(rows);
            notCompared = List.copyOf(notCompared);
        }

        /** Whether every row is within tolerance. */
        public boolean agrees() {
            return firstOutside == null;
        }
    }

    /**
     * How to run.
     *
     * @param threads that compute; null for all physical cores
     * @param plain with plain Java arithmetic in place of vectors
     */
    public record Settings(@Nullable Integer threads, boolean plain) {
        public Settings {
            if (threads != null && (threads < 1 || threads > 1024)) {
                throw new InvalidRequestException("threads is " + threads + ", expected 1 to 1024");
            }
        }
    }

    private Taps() {}

    /**
     * Runs the prompt of a file, its greedy continuation and its draft rows, and compares every value.
     *
     * @param file {@code expected.safetensors} of a reference, or what {@link #dump} wrote
     * @param tolerance allowed for every value; null takes {@code case.json} beside the file, and where there is none a
     *     ten-thousandth of the largest value of each array
     * @param progress hears how many tokens of the prompt are done
     */
    public static Comparison compare(
            Path model, Path file, @Nullable Double tolerance, Settings settings, IntConsumer progress) {
        Tolerances tolerances = tolerances(file, tolerance);
        NamedArrays expected = NamedArrays.read(file);
        NamedArrays found = run(model, TapRun.Plan.of(expected), settings, progress);
        TapComparison comparison = TapComparison.of(expected, found, tolerances);
        TapComparison.Row first = comparison.firstOutside();
        return new Comparison(
                comparison.rows().stream()
                        .map(row -> new Row(row.name(), row.difference(), row.tolerance(), row.fault(), row.within()))
                        .toList(),
                comparison.notCompared(),
                first == null ? null : first.name());
    }

    private static Tolerances tolerances(Path file, @Nullable Double tolerance) {
        if (tolerance != null) {
            return Tolerances.fixed(tolerance);
        }
        Path json = file.resolveSibling("case.json");
        return Files.isRegularFile(json) ? Tolerances.of(JsonObject.read(json)) : Tolerances.relative();
    }

    /**
     * Writes every value of a prompt and of a greedy continuation of {@code greedy} tokens.
     *
     * @return number of arrays written
     */
    public static int dump(
            Path model, List<Integer> ids, int greedy, Path file, Settings settings, IntConsumer progress) {
        if (ids.isEmpty() || greedy < 0) {
            throw new InvalidRequestException(
                    "a dump needs at least one token of a prompt and a continuation of 0 or more" + " tokens, got "
                            + ids.size() + " and " + greedy);
        }
        int[] prompt = ids.stream().mapToInt(Integer::intValue).toArray();
        NamedArrays found = run(model, TapRun.Plan.free(prompt, greedy, DRAFTS), settings, progress);
        found.write(file);
        return found.keys().size();
    }

    private static NamedArrays run(Path folder, TapRun.Plan plan, Settings settings, IntConsumer progress) {
        Integer wished = settings.threads();
        int threads = wished == null ? ThreadTeam.defaultSize() : wished;
        Kernels kernels = settings.plain() ? Kernels.plain() : Kernels.best();
        try (LoadedModel model = ModelFolder.open(folder, LoadOptions.DEFAULTS);
                ThreadTeam team = ThreadTeam.of(threads);
                CpuExecutor executor = new CpuExecutor(
                        model.architecture(),
                        model.weights(),
                        kernels,
                        team,
                        new CpuOptions(
                                Dtype.F32, TapRun.CHUNK, model.architecture().maxPositions()))) {
            check(plan, model.architecture());
            return TapRun.run(executor, model.architecture(), plan, progress);
        }
    }

    private static void check(TapRun.Plan plan, Architecture architecture) {
        int tokens = plan.ids().length;
        if (tokens == 0) {
            throw new InvalidRequestException("the prompt is empty; expected at least one token id");
        }
        if ((long) Math.max(tokens, plan.greedy()) * architecture.vocabSize() > MOST) {
            throw new InvalidRequestException(String.format(
                    "logits of %,d tokens over a vocabulary of %,d are more than 2 GiB; use at most %,d tokens",
                    Math.max(tokens, plan.greedy()), architecture.vocabSize(), MOST / architecture.vocabSize()));
        }
        for (int[] ids : new int[][] {plan.ids(), plan.greedyPath(), plan.draftPath()}) {
            for (int id : ids) {
                if (id < 0 || id >= architecture.vocabSize()) {
                    throw new InvalidRequestException(
                            "token id " + id + ", expected 0 to " + (architecture.vocabSize() - 1));
                }
            }
        }
    }
}
