package dev.sluice.kernels;

import java.util.Locale;

/** Products in C, by what they read activations as. */
public enum NativeTier {
    /** Rounded to BF16; {@code vdpbf16ps}. For BF16, FP8-block and affine weights. */
    BF16,
    /** Rounded to 8 bits with a scale for each 32 of them; {@code vpdpbusd}. For affine weights. */
    INT8;

    /** As the user says it: "bf16" or "int8". */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Those that it takes, in words that follow "of". */
    public String weights() {
        return switch (this) {
            case BF16 -> "BF16, FP8 or affine codes";
            case INT8 -> "affine codes";
        };
    }

    /** Whether this tier multiplies weights of this form itself; the others go to exact kernels. */
    public boolean takes(Matrix w) {
        return switch (this) {
            case BF16 -> !(w instanceof Matrix.Dense dense) || dense.type() == Dtype.BF16;
            case INT8 -> w instanceof Matrix.AffineGroups;
        };
    }
}
