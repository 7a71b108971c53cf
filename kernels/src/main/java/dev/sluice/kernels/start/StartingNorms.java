package dev.sluice.kernels.start;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Norms;

/** {@link Norms}, call by call. */
final class StartingNorms implements Norms {
    private final Kernels scalar;
    private final VectorTier tier;
    private final Contest rms;
    private final Contest gatedRms;
    private final Contest l2;

    StartingNorms(Kernels scalar, VectorTier tier) {
        this.scalar = scalar;
        this.tier = tier;
        this.rms = new Contest(tier);
        this.gatedRms = new Contest(tier);
        this.l2 = new Contest(tier);
    }

    @Override
    public void rms(F32 x, long xAt, F32 w, F32 y, long yAt, int n, float eps) {
        if (rms.won()) {
            tier.loaded().norms().rms(x, xAt, w, y, yAt, n, eps);
        } else {
            rms.whole(scalar, k -> k.norms().rms(x, xAt, w, y, yAt, n, eps), n);
        }
    }

    @Override
    public void gatedRms(F32 x, long xAt, F32 w, F32 z, long zAt, F32 y, long yAt, int n, float eps) {
        if (gatedRms.won()) {
            tier.loaded().norms().gatedRms(x, xAt, w, z, zAt, y, yAt, n, eps);
        } else {
            gatedRms.whole(scalar, k -> k.norms().gatedRms(x, xAt, w, z, zAt, y, yAt, n, eps), n);
        }
    }

    @Override
    public void l2(F32 x, long xAt, int n, float scale) {
        if (l2.won()) {
            tier.loaded().norms().l2(x, xAt, n, scale);
        } else {
            l2.whole(scalar, k -> k.norms().l2(x, xAt, n, scale), n);
        }
    }
}
