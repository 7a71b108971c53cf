package dev.sluice.models.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint whose small tensors read as zeros: for checks of names, shapes and types, which must not wait for the
 * disk nor find a second time what a scan of the values finds.
 */
public final class HeadersOnly implements TensorStore {
    /** Norms, tables of scales and convolution kernels of all releases are smaller. */
    private static final long SMALL = 1 << 20;

    private final Checkpoint checkpoint;
    private final MemorySegment zeros;

    public HeadersOnly(Checkpoint checkpoint, Arena arena) {
        this.checkpoint = checkpoint;
        this.zeros = arena.allocate(SMALL);
    }

    @Override
    public MemorySegment data(TensorInfo tensor) {
        return tensor.bytes() <= SMALL ? zeros.asSlice(0, tensor.bytes()) : checkpoint.data(tensor);
    }

    @Override
    public @Nullable TensorInfo find(String name) {
        return checkpoint.find(name);
    }

    @Override
    public Collection<TensorInfo> tensors() {
        return checkpoint.tensors();
    }

    @Override
    public String fileOf(String name) {
        return checkpoint.fileOf(name);
    }

    @Override
    public boolean writtenByMlx() {
        return checkpoint.writtenByMlx();
    }
}
