package dev.sluice.bench;

import dev.sluice.kernels.ThreadTeam;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** What this machine can do at most, measured in the same run as the kernels that are held against it. */
final class Limits {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int STEPS = 20_000_000;

    /** Keeps results alive that nobody reads. */
    private final int[] sink = new int[64];

    /** Seconds to read {@code data} once, each member a contiguous share, eight loads in flight. */
    double readSeconds(MemorySegment data, ThreadTeam team) {
        long start = System.nanoTime();
        team.run((member, members) -> {
            long share = data.byteSize() / members & -64L;
            sink[member] ^= read(data.asSlice(member * share, share));
        });
        return (System.nanoTime() - start) / 1e9;
    }

    private static int read(MemorySegment data) {
        int bytes = I.vectorByteSize();
        IntVector a = IntVector.zero(I);
        IntVector b = a;
        IntVector c = a;
        IntVector d = a;
        for (long at = 0; at + 4L * bytes <= data.byteSize(); at += 4L * bytes) {
            a = a.lanewise(VectorOperators.XOR, load(data, at));
            b = b.lanewise(VectorOperators.XOR, load(data, at + bytes));
            c = c.lanewise(VectorOperators.XOR, load(data, at + 2L * bytes));
            d = d.lanewise(VectorOperators.XOR, load(data, at + 3L * bytes));
        }
        return a.add(b).add(c).add(d).reduceLanes(VectorOperators.ADD);
    }

    private static IntVector load(MemorySegment data, long at) {
        return IntVector.fromMemorySegment(I, data, at, ByteOrder.LITTLE_ENDIAN);
    }

    /** GFLOP/s of f32 fused multiply-adds in registers: twelve independent chains a member. */
    double fmaPeak(ThreadTeam team) {
        long start = System.nanoTime();
        team.run((member, members) -> sink[member] ^= Float.floatToRawIntBits(chains(1 + member * 1e-9f)));
        double seconds = (System.nanoTime() - start) / 1e9;
        return 2.0 * 12 * F.length() * STEPS * team.size() / seconds / 1e9;
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
        FloatVector sum = a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l);
        return sum.reduceLanes(VectorOperators.ADD);
    }
}
