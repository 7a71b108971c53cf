package dev.sluice.kernels.probe;

import static dev.sluice.kernels.probe.Width.F;

import dev.sluice.kernels.ThreadTeam;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** f32 fused multiply-adds in registers: twelve independent chains a thread, more than latency times units of any core. */
public final class FmaProbe {
    private static final int STEPS = 5_000_000;
    private static final int CHAINS = 12;
    private static final int WARM_UP = 3;

    private final ThreadTeam team;

    /** Keeps results alive that nobody reads. */
    private final float[] sink;

    private double best;

    /** @param team all threads to use, owned by the caller */
    public FmaProbe(ThreadTeam team) {
        this.team = team;
        this.sink = new float[16 * team.size()];
    }

    /** Floating-point operations a second, a multiply-add counted as two; the best of all calls with this probe. */
    public double measure() {
        for (int round = best == 0 ? -WARM_UP : 0; round < 2; round++) {
            long start = System.nanoTime();
            team.run((member, members) -> sink[16 * member] += chains(1 + member * 1e-9f));
            double seconds = (System.nanoTime() - start) / 1e9;
            best = Math.max(best, 2.0 * CHAINS * F.length() * STEPS * team.size() / seconds);
        }
        return best;
    }

    private static float chains(float start) {
        FloatVector x = FloatVector.broadcast(F, 0.999f);
        FloatVector y = FloatVector.broadcast(F, start);
        FloatVector a = y;
        FloatVector b = y;
        FloatVector c = y;
        FloatVector d = y;
        FloatVector e = y;
        FloatVector f = y;
        FloatVector g = y;
        FloatVector h = y;
        FloatVector i = y;
        FloatVector j = y;
        FloatVector k = y;
        FloatVector l = y;
        for (int step = 0; step < STEPS; step++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
            k = k.fma(x, y);
            l = l.fma(x, y);
        }
        FloatVector first = a.add(b).add(c).add(d).add(e).add(f);
        FloatVector second = g.add(h).add(i).add(j).add(k).add(l);
        return first.add(second).reduceLanes(VectorOperators.ADD);
    }
}
