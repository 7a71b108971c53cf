package dev.sluice.models.checkpoint;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.StorageException;
import dev.sluice.kernels.Dtype;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Named arrays of a small safetensors file, on the heap: values that a model should compute, or did compute. */
public final class NamedArrays {
    private record Entry(Dtype type, int[] shape, byte[] bytes) {}

    private final String file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private NamedArrays(String file) {
        this.file = file;
    }

    /** No arrays yet. */
    public static NamedArrays empty() {
        return new NamedArrays("computed values");
    }

    /**
     * Reads a file whole.
     *
     * @throws InvalidRequestException when there is no such file or an array is too large for the heap
     * @throws dev.sluice.error.InvalidModelException when it is no safetensors file
     */
    public static NamedArrays read(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new InvalidRequestException(path + ": no such file; expected a safetensors file of named arrays");
        }
        NamedArrays arrays = new NamedArrays(path.toString());
        try (Arena arena = Arena.ofConfined()) {
            Safetensors tensors = Safetensors.map(path, path.toString(), arena);
            for (TensorInfo tensor : tensors.tensors()) {
                if (tensor.bytes() > Integer.MAX_VALUE - 8) {
                    throw new InvalidRequestException(path + ": " + tensor.name() + " " + tensor.form()
                            + " is larger than 2 GiB; expected the values of a short prompt");
                }
                int[] shape = tensor.shape().stream().mapToInt(Math::toIntExact).toArray();
                byte[] bytes = tensors.data(tensor).toArray(ValueLayout.JAVA_BYTE);
                arrays.entries.put(tensor.name(), new Entry(tensor.type(), shape, bytes));
            }
        }
        return arrays;
    }

    public Set<String> keys() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    public boolean has(String key) {
        return entries.containsKey(key);
    }

    public Dtype type(String key) {
        return entry(key).type;
    }

    public int[] shape(String key) {
        return entry(key).shape.clone();
    }

    /** Row-major values of a float32 array. */
    public float[] floats(String key) {
        Entry entry = typed(key, Dtype.F32);
        float[] out = new float[entry.bytes.length / Float.BYTES];
        little(entry.bytes).asFloatBuffer().get(out);
        return out;
    }

    /** Row-major values of an int32 array. */
    public int[] ints(String key) {
        Entry entry = typed(key, Dtype.I32);
        int[] out = new int[entry.bytes.length / Integer.BYTES];
        little(entry.bytes).asIntBuffer().get(out);
        return out;
    }

    /** The stored bytes, whatever the type. */
    public byte[] bytes(String key) {
        return entry(key).bytes.clone();
    }

    /** Adds a float32 array, row-major. */
    public void put(String key, float[] values, int... shape) {
        byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
        little(bytes).asFloatBuffer().put(values);
        entries.put(key, new Entry(Dtype.F32, shape.clone(), bytes));
    }

    /** Adds an int32 array, row-major. */
    public void put(String key, int[] values, int... shape) {
        byte[] bytes = new byte[Math.multiplyExact(values.length, Integer.BYTES)];
        little(bytes).asIntBuffer().put(values);
        entries.put(key, new Entry(Dtype.I32, shape.clone(), bytes));
    }

    /** Writes all arrays; the file appears when it is complete. */
    public void write(Path path) {
        Path whole = path.toAbsolutePath();
        Path partial = whole.resolveSibling("." + whole.getFileName() + ".partial");
        List<SafetensorsWriter.Entry> header = entries.entrySet().stream()
                .map(entry -> new SafetensorsWriter.Entry(
                        entry.getKey(),
                        entry.getValue().type,
                        Arrays.stream(entry.getValue().shape)
                                .asLongStream()
                                .boxed()
                                .toList()))
                .toList();
        try {
            try (SafetensorsWriter writer = SafetensorsWriter.create(partial, header, Map.of())) {
                for (Entry entry : entries.values()) {
                    writer.write(MemorySegment.ofArray(entry.bytes));
                }
            }
            Files.move(partial, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(partial);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw new StorageException(path + " cannot be written: " + e, e);
        }
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private Entry typed(String key, Dtype type) {
        Entry entry = entry(key);
        if (entry.type != type) {
            throw new InvalidRequestException(file + ": " + key + " is " + entry.type + ", expected " + type);
        }
        return entry;
    }

    private Entry entry(String key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            throw new InvalidRequestException(file + ": no array " + key + "; there are " + entries.keySet());
        }
        return entry;
    }
}
