package dev.sluice.kernels.probe;

import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.kernels.foreign.NativeLibrary;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** {@code vdpbf16ps} or {@code vpdpbusd} in registers, in C: what the products of a tier are measured against. */
public final class NativeProbe {
    private static final long STEPS = 2_000_000;

    private final ThreadTeam team;
    private final MethodHandle peak;
    private double best;

    /**
     * @param team all threads to use, owned by the caller
     * @throws IllegalStateException where the tier does not run, with the reason
     */
    public NativeProbe(ThreadTeam team, NativeTier tier) {
        this.team = team;
        this.peak = NativeLibrary.function(tier, "sluice_" + tier.label() + "_peak", ValueLayout.JAVA_LONG, 1);
    }

    /** Operations a second, a multiply-add counted as two; the best of all calls with this probe. */
    public double measure() {
        for (int round = 0; round < 2; round++) {
            long[] done = new long[team.size()];
            long start = System.nanoTime();
            team.run((member, members) -> done[member] = run());
            double seconds = (System.nanoTime() - start) / 1e9;
            long all = 0;
            for (long one : done) {
                all += one;
            }
            best = Math.max(best, 2.0 * all / seconds);
        }
        return best;
    }

    private long run() {
        try {
            return (long) peak.invokeExact(STEPS);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
