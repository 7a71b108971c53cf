package dev.sluice.tools.synth;

/**
 * Rows of a router, all of the same length: an expert whose row is 2 % longer than the others is chosen 10 % more often
 * when 10 of 512 are.
 */
final class RouterRows {
    private final NormalCodes normals;
    private final long seed;
    private final int cols;

    RouterRows(NormalCodes normals, long seed, int cols) {
        this.normals = normals;
        this.seed = seed;
        this.cols = cols;
    }

    /** Row {@code row}, of length 1: its logits have deviation 1. */
    float[] row(long row) {
        float[] out = new float[cols];
        double squares = 0;
        long state = RandomFill.mix(seed + row);
        for (int i = 0; i < cols; i++) {
            state += RandomFill.STEP;
            out[i] = (float) normals.normal((int) RandomFill.mix(state) & 0xFFFF);
            squares += (double) out[i] * out[i];
        }
        float scale = (float) (1 / StrictMath.sqrt(squares));
        for (int i = 0; i < cols; i++) {
            out[i] *= scale;
        }
        return out;
    }
}
