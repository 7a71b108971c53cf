package dev.sluice.testing;

import dev.sluice.kernels.Dtype;
import dev.sluice.models.checkpoint.Safetensors;
import dev.sluice.models.checkpoint.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Named arrays of an {@code expected.safetensors}, copied to the heap. */
public final class Expected {
    private record Entry(Dtype type, int[] shape, byte[] bytes) {}

    private final String file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private Expected(String file) {
        this.file = file;
    }

    static Expected read(Path path) {
        Expected expected = new Expected(path.toString());
        try (Arena arena = Arena.ofConfined()) {
            Safetensors tensors = Safetensors.map(path, path.getFileName().toString(), arena);
            for (TensorInfo tensor : tensors.tensors()) {
                int[] shape = tensor.shape().stream().mapToInt(Math::toIntExact).toArray();
                byte[] bytes = tensors.data(tensor).toArray(ValueLayout.JAVA_BYTE);
                expected.entries.put(tensor.name(), new Entry(tensor.type(), shape, bytes));
            }
        }
        return expected;
    }

    public Set<String> keys() {
        return entries.keySet();
    }

    public boolean has(String key) {
        return entries.containsKey(key);
    }

    public int[] shape(String key) {
        return entry(key).shape.clone();
    }

    /** Row-major values of a float32 array. */
    public float[] floats(String key) {
        Entry entry = typed(key, Dtype.F32);
        float[] out = new float[entry.bytes.length / Float.BYTES];
        ByteBuffer.wrap(entry.bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(out);
        return out;
    }

    /** Row-major values of an int32 array. */
    public int[] ints(String key) {
        Entry entry = typed(key, Dtype.I32);
        int[] out = new int[entry.bytes.length / Integer.BYTES];
        ByteBuffer.wrap(entry.bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(out);
        return out;
    }

    /** The stored bytes, whatever the type. */
    public byte[] bytes(String key) {
        return entry(key).bytes.clone();
    }

    private Entry typed(String key, Dtype type) {
        Entry entry = entry(key);
        if (entry.type != type) {
            throw new IllegalArgumentException(file + ": " + key + " is " + entry.type + ", not " + type);
        }
        return entry;
    }

    private Entry entry(String key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            throw new IllegalArgumentException(file + ": no key " + key + "; there are " + entries.keySet());
        }
        return entry;
    }
}
