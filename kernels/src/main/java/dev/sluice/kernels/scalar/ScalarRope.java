package dev.sluice.kernels.scalar;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rope;

/** {@link Rope}: the first product of each sum is fused. */
public final class ScalarRope implements Rope {
    @Override
    public void rotate(F32 x, long xAt, F32 cosSin, long tableAt, int half) {
        float[] head = Floats.of(x, xAt, 2 * half);
        float[] table = Floats.of(cosSin, tableAt, 2 * half);
        for (int i = 0; i < half; i++) {
            float a = head[i];
            float b = head[half + i];
            float cos = table[i];
            float sin = table[half + i];
            head[i] = Math.fma(a, cos, -(b * sin));
            head[half + i] = Math.fma(b, cos, a * sin);
        }
        Floats.write(head, 0, x, xAt, 2 * half);
    }
}
