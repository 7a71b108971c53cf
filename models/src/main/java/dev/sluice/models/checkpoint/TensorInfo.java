package dev.sluice.models.checkpoint;

import dev.sluice.kernels.Dtype;
import java.util.List;

/**
 * One entry of a safetensors header, checked against the file.
 *
 * @param offset first byte in the file, header included
 * @param bytes length of the data
 */
public record TensorInfo(String name, Dtype type, List<Long> shape, long offset, long bytes) {}
