package dev.sluice.models.released;

/** In which form a release stores its matrices. */
public enum Form {
    BF16(16),
    /** Official blocks of 128 x 128 ({@code spec/model.md} §6.1). */
    FP8(8),
    /** Groups of 64 as mlx-lm writes them ({@code spec/model.md} §6.8). */
    AFFINE4(4),
    AFFINE8(8);

    private final int bits;

    Form(int bits) {
        this.bits = bits;
    }

    /** Bits of one code of a matrix that is quantised. */
    public int bits() {
        return bits;
    }

    /** mlx-lm's layout: stacked experts, norms with their 1, no draft head. */
    public boolean mlx() {
        return this == AFFINE4 || this == AFFINE8;
    }
}
