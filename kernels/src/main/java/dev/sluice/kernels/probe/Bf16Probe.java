package dev.sluice.kernels.probe;

import dev.sluice.kernels.ThreadTeam;
import dev.sluice.kernels.bf16.NativeLibrary;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** {@code vdpbf16ps} in registers, in C: what products with BF16 activations are measured against. */
public final class Bf16Probe {
    private static final long STEPS = 2_000_000;

    private final ThreadTeam team;
    private final MethodHandle peak = NativeLibrary.function("sluice_bf16_peak", ValueLayout.JAVA_LONG, 1);
    private double best;

    /**
     * @param team all threads to use, owned by the caller
     * @throws IllegalStateException where the native kernels do not run, with the reason
     */
    public Bf16Probe(ThreadTeam team) {
        this.team = team;
    }

    /** Floating-point operations a second, a multiply-add counted as two; the best of all calls with this probe. */
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
