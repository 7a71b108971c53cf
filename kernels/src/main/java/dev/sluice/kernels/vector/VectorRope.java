package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.LANES;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rope;
import jdk.incubator.vector.FloatVector;

/** {@link Rope}: the second product of each sum is fused. */
public final class VectorRope implements Rope {
    @Override
    public void rotate(F32 x, long xAt, F32 cosSin, long tableAt, int half) {
        x.check(xAt, 2L * half);
        cosSin.check(tableAt, 2L * half);
        rotate(x.address() + 4 * xAt, cosSin.address() + 4 * tableAt, half);
    }

    private static void rotate(long x, long table, int half) {
        long second = 4L * half;
        int i = 0;
        for (; i <= half - LANES; i += LANES) {
            FloatVector a = Simd.load(x + 4L * i);
            FloatVector b = Simd.load(x + second + 4L * i);
            FloatVector cos = Simd.load(table + 4L * i);
            FloatVector sin = Simd.load(table + second + 4L * i);
            Simd.store(a.fma(cos, b.mul(sin).neg()), x + 4L * i);
            Simd.store(b.fma(cos, a.mul(sin)), x + second + 4L * i);
        }
        for (; i < half; i++) {
            float a = Lanes.get(x + 4L * i);
            float b = Lanes.get(x + second + 4L * i);
            float cos = Lanes.get(table + 4L * i);
            float sin = Lanes.get(table + second + 4L * i);
            Lanes.set(x + 4L * i, Math.fma(a, cos, -(b * sin)));
            Lanes.set(x + second + 4L * i, Math.fma(b, cos, a * sin));
        }
    }
}
