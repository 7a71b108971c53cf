package dev.sluice.models.checkpoint;

import dev.sluice.kernels.Dtype;
import java.util.List;

/**
 * One entry of a safetensors header, checked against the file.
 *
 * @param offset first byte in the file, header included
 * @param bytes length of the data
 */
public record TensorInfo(String name, Dtype type, List<Long> shape, long offset, long bytes) {
    /** Number of elements; 1 for a scalar. */
    public long elements() {
        return bytes * Byte.SIZE / type.bits();
    }

    /** Type and shape for messages, such as {@code BF16 [4096, 256]}. */
    public String form() {
        return type + " " + shape;
    }
}
