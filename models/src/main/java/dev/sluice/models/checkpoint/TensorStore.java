package dev.sluice.models.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Named tensors and their bytes: a {@link Checkpoint}, or a description of one without data. */
public interface TensorStore {
    /** The tensor of that name, or null. */
    @Nullable
    TensorInfo find(String name);

    /** Every tensor. */
    Collection<TensorInfo> tensors();

    /** The bytes of one of {@link #tensors}. */
    MemorySegment data(TensorInfo tensor);

    /** The bytes of a small tensor that is looked at now, once. */
    default MemorySegment read(TensorInfo tensor) {
        return data(tensor);
    }

    /** The file that holds a tensor, for messages. */
    String fileOf(String name);

    /** Whether the files say that mlx-lm wrote them ({@code format: mlx} in their metadata). */
    boolean writtenByMlx();
}
