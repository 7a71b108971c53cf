package dev.sluice.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Which cores this process may use.
 *
 * @param status {@code /proc/self/status}, names the processors that affinity allows
 * @param cpus {@code /sys/devices/system/cpu}, names the threads that share a core
 * @param available processors left by affinity and cgroup quota
 */
public record CpuTopology(Path status, Path cpus, int available) {
    private static final String ALLOWED = "Cpus_allowed_list:";

    /** As the kernel and the JVM tell now. */
    public static CpuTopology ofThisMachine() {
        return new CpuTopology(
                Path.of("/proc/self/status"),
                Path.of("/sys/devices/system/cpu"),
                Runtime.getRuntime().availableProcessors());
    }

    /** Processors that affinity allows; where Linux does not tell, {@link #available}. */
    public int allowed() {
        try {
            int allowed = allowedProcessors().cardinality();
            return allowed == 0 ? available : allowed;
        } catch (IOException | IllegalArgumentException e) {
            return available;
        }
    }

    /** Processors that are switched on; where Linux does not tell, {@link #available}. */
    public int online() {
        try {
            return processors(Files.readString(cpus.resolve("online"))).cardinality();
        } catch (IOException | IllegalArgumentException e) {
            return available;
        }
    }

    /** Distinct cores among the allowed processors, at most {@link #available}; where Linux does not tell, that. */
    public int allowedCores() {
        try {
            Set<BitSet> cores = new HashSet<>();
            BitSet allowed = allowedProcessors();
            for (int cpu = allowed.nextSetBit(0); cpu >= 0; cpu = allowed.nextSetBit(cpu + 1)) {
                Path siblings = cpus.resolve("cpu" + cpu).resolve("topology").resolve("thread_siblings_list");
                cores.add(processors(Files.readString(siblings)));
            }
            return cores.isEmpty() ? available : Math.min(available, cores.size());
        } catch (IOException | IllegalArgumentException e) {
            return available;
        }
    }

    private BitSet allowedProcessors() throws IOException {
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith(ALLOWED)) {
                return processors(line.substring(ALLOWED.length()));
            }
        }
        return new BitSet();
    }

    /** Reads a list such as {@code 0-3,8}. */
    private static BitSet processors(String list) {
        BitSet out = new BitSet();
        for (String range : list.strip().split(",", -1)) {
            int dash = range.indexOf('-');
            int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1));
            if (from > to) {
                throw new IllegalArgumentException("not a range of processors: " + range);
            }
            out.set(from, to + 1);
        }
        return out;
    }
}
