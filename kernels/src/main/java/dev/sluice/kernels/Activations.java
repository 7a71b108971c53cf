package dev.sluice.kernels;

/** Element-wise steps, each element's result depends on its own inputs only; and maxima of blocks. */
public interface Activations {
    /**
     * Numbers of a block of {@link #maxima}: 151,936 logits have 2,374 maxima, which are looked through in 3 us, and which
     * are enough for any usual top-k to pass over most blocks.
     */
    int BLOCK = 64;

    /** {@code y[i] += x[i]}. */
    void add(F32 y, long yAt, F32 x, long xAt, int n);

    /** {@code y[i] = fma(scale, x[i], y[i])}. */
    void addScaled(F32 y, long yAt, F32 x, long xAt, float scale, int n);

    /** {@code y[i] = silu(gate[i]) * up[i]}; {@code y} may be {@code gate}, not {@code up}. */
    void swiglu(F32 gate, long gateAt, F32 up, long upAt, F32 y, long yAt, int n);

    /** {@code y[i] = y[i] * sigmoid(gate[i])}. */
    void sigmoidGate(F32 y, long yAt, F32 gate, long gateAt, int n);

    /** {@code y[b]} = maximum of {@code x[BLOCK * b ..]}, the last block what is left; NaN where one is. */
    void maxima(F32 x, long xAt, int n, F32 y, long yAt);

    /** Blocks of {@code n} numbers. */
    static int blocks(int n) {
        return (n + BLOCK - 1) / BLOCK;
    }

    /** {@code 1 / (1 + exp(-x))}, the same number as a lane of the vector loops gives. */
    float sigmoid(float x);

    /** {@code x > 20 ? x : log1p(exp(x))}. */
    float softplus(float x);

    /** {@code exp(x)}, the same number as a lane of the vector loops gives. */
    float exp(float x);
}
