package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rope;
import jdk.incubator.vector.FloatVector;

/** {@link Rope}: the first product of each sum is fused. */
public final class VectorRope implements Rope {
    @Override
    public void rotate(F32 x, long xAt, F32 cosSin, long tableAt, int half) {
        x.check(xAt, 2L * half);
        cosSin.check(tableAt, 2L * half);
        long head = x.address() + 4 * xAt;
        long table = cosSin.address() + 4 * tableAt;
        rotate(head, head + 4L * half, table, table + 4L * half, half);
    }

    private static void rotate(long firstAt, long secondAt, long cosAt, long sinAt, int half) {
        long first = Lanes.address(firstAt);
        long second = Lanes.address(secondAt);
        long cosines = Lanes.address(cosAt);
        long sines = Lanes.address(sinAt);
        int i = 0;
        for (; i <= half - LANES; i += LANES) {
            FloatVector a = FloatVector.fromMemorySegment(F, MEMORY, first + 4L * i, ORDER);
            FloatVector b = FloatVector.fromMemorySegment(F, MEMORY, second + 4L * i, ORDER);
            FloatVector cos = FloatVector.fromMemorySegment(F, MEMORY, cosines + 4L * i, ORDER);
            FloatVector sin = FloatVector.fromMemorySegment(F, MEMORY, sines + 4L * i, ORDER);
            a.fma(cos, b.mul(sin).neg()).intoMemorySegment(MEMORY, first + 4L * i, ORDER);
            b.fma(cos, a.mul(sin)).intoMemorySegment(MEMORY, second + 4L * i, ORDER);
        }
        for (; i < half; i++) {
            float a = Lanes.get(first + 4L * i);
            float b = Lanes.get(second + 4L * i);
            float cos = Lanes.get(cosines + 4L * i);
            float sin = Lanes.get(sines + 4L * i);
            Lanes.set(first + 4L * i, Math.fma(a, cos, -(b * sin)));
            Lanes.set(second + 4L * i, Math.fma(b, cos, a * sin));
        }
    }
}
