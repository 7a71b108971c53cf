package dev.sluice.kernels.reference;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rope;

/** {@link Rope} in f64, rounded once. */
public final class PlainRope implements Rope {
    @Override
    public void rotate(F32 x, long xAt, F32 cosSin, long tableAt, int half) {
        for (int i = 0; i < half; i++) {
            double a = x.get(xAt + i);
            double b = x.get(xAt + half + i);
            double cos = cosSin.get(tableAt + i);
            double sin = cosSin.get(tableAt + half + i);
            x.set(xAt + i, (float) (a * cos - b * sin));
            x.set(xAt + half + i, (float) (b * cos + a * sin));
        }
    }
}
