package dev.sluice.tools.bench;

import dev.sluice.ActivationType;
import dev.sluice.KvType;
import dev.sluice.LoadOptions;
import dev.sluice.error.InvalidRequestException;
import java.util.List;

/**
 * What to measure: every workload with every number of threads and every chunk of a prompt.
 *
 * @param tests workloads, in the order to print
 * @param threads numbers of threads
 * @param batches most tokens of a prompt in one step, 1 to 8192
 * @param kvType type of cached keys and values
 * @param activations what matrix products read activations as
 * @param repetitions timed runs of each, 1 to 1000
 * @param warmUp runs before, until the rate stops rising
 * @param readAhead whether chosen experts are asked for before their use
 * @param profile one more run of each with times by kind of kernel
 * @param quick limits from so little memory that a cache may hold it, for a first look
 */
public record BenchPlan(
        List<Workload> tests,
        List<Integer> threads,
        List<Integer> batches,
        KvType kvType,
        ActivationType activations,
        int repetitions,
        boolean warmUp,
        ReadAhead readAhead,
        boolean profile,
        boolean quick) {
    /** Whether chosen experts are asked for before their use. */
    public enum ReadAhead {
        /** When the model is larger than memory, as {@code run} does. */
        AUTO,
        ON,
        OFF
    }

    private static final int MOST_THREADS = 1024;
    private static final int MOST_CASES = 1000;

    /** Refuses what is empty or out of range. */
    public BenchPlan {
        tests = List.copyOf(tests);
        threads = List.copyOf(threads);
        batches = List.copyOf(batches);
        if (tests.isEmpty() || threads.isEmpty() || batches.isEmpty()) {
            throw new InvalidRequestException(
                    "nothing to measure: give at least one test, thread count and batch size");
        }
        if ((long) tests.size() * threads.size() * batches.size() > MOST_CASES) {
            throw new InvalidRequestException("these lists make "
                    + (long) tests.size() * threads.size() * batches.size() + " combinations; at most " + MOST_CASES);
        }
        threads.forEach(n -> check("threads", n, MOST_THREADS));
        batches.forEach(n -> LoadOptions.builder().prefillChunk(n).build());
        check("repetitions", repetitions, 1000);
    }

    private static void check(String what, int number, int most) {
        if (number < 1 || number > most) {
            throw new InvalidRequestException(what + " is " + number + ", expected 1 to " + most);
        }
    }
}
