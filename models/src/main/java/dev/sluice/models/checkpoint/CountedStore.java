package dev.sluice.models.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A store that tells how many of its tensors have been fetched. */
public final class CountedStore implements TensorStore {
    private final TensorStore store;
    private final LongConsumer fetched;
    private long count;

    public CountedStore(TensorStore store, LongConsumer fetched) {
        this.store = store;
        this.fetched = fetched;
    }

    @Override
    public MemorySegment data(TensorInfo tensor) {
        fetched.accept(++count);
        return store.data(tensor);
    }

    @Override
    public MemorySegment read(TensorInfo tensor) {
        fetched.accept(++count);
        return store.read(tensor);
    }

    @Override
    public @Nullable TensorInfo find(String name) {
        return store.find(name);
    }

    @Override
    public Collection<TensorInfo> tensors() {
        return store.tensors();
    }

    @Override
    public String fileOf(String name) {
        return store.fileOf(name);
    }

    @Override
    public boolean writtenByMlx() {
        return store.writtenByMlx();
    }
}
