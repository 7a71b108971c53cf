package dev.sluice.kernels;

/** Normalisations, {@code spec/model.md} §3.1. Statistics are f32 sums in an order that depends on {@code n} only. */
public interface Norms {
    /** {@code y = x * rsqrt(mean(x^2) + eps) * w} over {@code n} elements; {@code w} already holds {@code 1 + w}. In place is fine. */
    void rms(F32 x, long xAt, F32 w, F32 y, long yAt, int n, float eps);

    /** {@code y = w * (x * rsqrt(mean(x^2) + eps)) * silu(z)}: the DeltaNet output norm of one head. {@code y} may be
     * {@code x}, not {@code z}.
     */
    void gatedRms(F32 x, long xAt, F32 w, F32 z, long zAt, F32 y, long yAt, int n, float eps);

    /** {@code x = x * rsqrt(sum(x^2) + 1e-6) * scale} in place. */
    void l2(F32 x, long xAt, int n, float scale);
}
