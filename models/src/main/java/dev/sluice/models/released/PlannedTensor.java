package dev.sluice.models.released;

import dev.sluice.kernels.Dtype;
import java.util.List;

/**
 * One tensor of a released model's files.
 *
 * @param cols inputs of the matrix that it is or belongs to; the last dimension of anything else
 * @param bits of one element or packed code
 */
public record PlannedTensor(String name, Role role, Part part, int cols, int bits, Dtype type, List<Long> shape) {
    /** Which part of a stored matrix it is. */
    public enum Part {
        /** The elements themselves. */
        VALUES,
        FP8_CODES,
        FP8_SCALES,
        AFFINE_CODES,
        AFFINE_SCALES,
        AFFINE_BIASES
    }

    /** Length of its data. */
    public long bytes() {
        return type.bytes(elements());
    }

    /** Learnt numbers that it holds; scales and biases of codes hold none. */
    public long parameters() {
        return switch (part) {
            case VALUES, FP8_CODES -> elements();
            case AFFINE_CODES -> elements() * type.bits() / bits;
            case FP8_SCALES, AFFINE_SCALES, AFFINE_BIASES -> 0;
        };
    }

    /** Number of elements as stored. */
    public long elements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** The path of the module in configuration files. */
    public String module() {
        return name.substring(0, name.lastIndexOf('.'));
    }
}
