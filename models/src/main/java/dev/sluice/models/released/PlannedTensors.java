package dev.sluice.models.released;

import dev.sluice.models.checkpoint.TensorInfo;
import dev.sluice.models.checkpoint.TensorStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a released model by name, type and shape. There is no data: small tensors read as zeros, large ones must
 * not be touched.
 */
public final class PlannedTensors implements TensorStore {
    /** Norms, tables of scales and convolution kernels of all releases are smaller. */
    private static final long READABLE = 1 << 20;

    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final MemorySegment zeros;
    private final boolean mlx;

    /** @param arena owner of the zeros */
    public PlannedTensors(List<PlannedTensor> plan, Form form, Arena arena) {
        this.zeros = arena.allocate(READABLE);
        this.mlx = form.mlx();
        for (PlannedTensor tensor : plan) {
            tensors.put(tensor.name(), new TensorInfo(tensor.name(), tensor.type(), tensor.shape(), 0, tensor.bytes()));
        }
    }

    @Override
    public @Nullable TensorInfo find(String name) {
        return tensors.get(name);
    }

    @Override
    public Collection<TensorInfo> tensors() {
        return Collections.unmodifiableCollection(tensors.values());
    }

    /** Large tensors point to the first page of memory, which no process may read. */
    @Override
    public MemorySegment data(TensorInfo tensor) {
        return tensor.bytes() <= READABLE
                ? zeros.asSlice(0, tensor.bytes())
                : MemorySegment.ofAddress(64).reinterpret(tensor.bytes());
    }

    @Override
    public MemorySegment read(TensorInfo tensor) {
        if (tensor.bytes() > READABLE) {
            throw new IllegalStateException(tensor.name() + " " + tensor.form() + " is too large to be read as zeros");
        }
        return data(tensor);
    }

    @Override
    public String fileOf(String name) {
        return "released";
    }

    @Override
    public boolean writtenByMlx() {
        return mlx;
    }
}
