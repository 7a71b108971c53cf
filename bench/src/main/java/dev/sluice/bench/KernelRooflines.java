package dev.sluice.bench;

import dev.sluice.kernels.ThreadTeam;
import dev.sluice.kernels.probe.FmaProbe;
import dev.sluice.kernels.probe.ReadProbe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the JMH benchmarks of this module, all or those that match the first argument, on one thread, and prints for each
 * the share of the roofline: of a streaming read (of memory for products with one token and long contexts, of the
 * first-level cache for what fits there) or of the f32 multiply-add peak, whichever is closer.
 */
public final class KernelRooflines {
    private static final long MEMORY = 1280L << 20;
    private static final long CACHE = 32 << 10;

    private KernelRooflines() {}

    public static void main(String[] args) throws RunnerException {
        try (Arena arena = Arena.ofShared();
                ThreadTeam one = ThreadTeam.of(1)) {
            MemorySegment data = arena.allocate(MEMORY, 4096);
            data.fill((byte) 1);
            ReadProbe memory = new ReadProbe(List.of(one));
            ReadProbe cache = new ReadProbe(List.of(one));
            FmaProbe fma = new FmaProbe(one);
            double fromMemory = memory.measure(data, 1).bytesPerSecond();
            double fromCache = cache.measure(data.asSlice(0, CACHE), MEMORY).bytesPerSecond();
            double peak = fma.measure();
            Collection<RunResult> results = run(args.length > 0 ? args[0] : "dev.sluice.bench");
            // the machine may have been slower before than it was meanwhile
            fromMemory = Math.max(fromMemory, memory.measure(data, 1).bytesPerSecond());
            peak = Math.max(peak, fma.measure());
            System.out.printf(
                    Locale.ROOT,
                    "%nread %.1f GB/s from memory, %.1f from cache; multiply-add %.1f GFLOP/s%n",
                    fromMemory / 1e9,
                    fromCache / 1e9,
                    peak / 1e9);
            for (RunResult result : results) {
                print(result, fromMemory, fromCache, peak);
            }
        }
    }

    private static Collection<RunResult> run(String pattern) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include(pattern)
                        .forks(1)
                        .threads(1)
                        .warmupIterations(3)
                        .warmupTime(TimeValue.seconds(1))
                        .measurementIterations(3)
                        .measurementTime(TimeValue.seconds(1))
                        .jvmArgsAppend(
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:MaxDirectMemorySize=64t",
                                "-XX:+UseSerialGC",
                                "-XX:Tier3DelayOn=100000")
                        .build())
                .run();
    }

    private static void print(RunResult result, double fromMemory, double fromCache, double peak) {
        double bytes = score(result, "bytes");
        double flops = score(result, "flops");
        double ratio = bytes / result.getPrimaryResult().getScore();
        double limit = ratio > 4e6 ? fromMemory : fromCache;
        double percent = 100 * Math.max(bytes / limit, flops / peak);
        StringBuilder name = new StringBuilder(result.getParams().getBenchmark().replace("dev.sluice.bench.", ""));
        result.getParams()
                .getParamsKeys()
                .forEach(key -> name.append(' ').append(result.getParams().getParam(key)));
        System.out.printf(
                Locale.ROOT,
                "%-40s %12.1f ops/s %8.2f GB/s %8.2f GFLOP/s %6.1f %% of the %s%n",
                name,
                result.getPrimaryResult().getScore(),
                bytes / 1e9,
                flops / 1e9,
                percent,
                bytes / limit > flops / peak ? "read" : "multiply-add peak");
    }

    private static double score(RunResult result, String name) {
        Result<?> counter = result.getSecondaryResults().get(name);
        return counter == null ? 0 : counter.getScore();
    }
}
