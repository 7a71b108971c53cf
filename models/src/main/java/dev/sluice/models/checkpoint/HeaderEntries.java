package dev.sluice.models.checkpoint;

import dev.sluice.error.InvalidModelException;
import dev.sluice.kernels.Dtype;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the text of a safetensors header says, checked against the file: extents, sizes, coverage. */
final class HeaderEntries implements CompactHeader.Entries {
    /** By name. */
    static final Map<String, Dtype> TYPES =
            Arrays.stream(Dtype.values()).collect(Collectors.toUnmodifiableMap(Dtype::name, Function.identity()));

    private final String file;
    private final long dataStart;
    private final long size;
    private final List<TensorInfo> tensors = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    HeaderEntries(String file, long dataStart, long size) {
        this.file = file;
        this.dataStart = dataStart;
        this.size = size;
    }

    @Override
    public void metadata(String key, String value) {
        metadata.put(key, value);
    }

    @Override
    public boolean tensor(String name, String type, List<Long> shape, long begin, long end) {
        Dtype known = TYPES.get(type);
        if (known != null) {
            add(name, known, shape, begin, end);
        }
        return known != null;
    }

    /** All of them, once the text is read. */
    SafetensorsHeader header() {
        tensors.sort(HeaderEntries::byPlace);
        checkCoverage();
        return new SafetensorsHeader(Map.copyOf(metadata), List.copyOf(tensors));
    }

    private static int byPlace(TensorInfo a, TensorInfo b) {
        int byOffset = Long.compare(a.offset(), b.offset());
        return byOffset != 0 ? byOffset : Long.compare(a.bytes(), b.bytes());
    }

    /** A tensor that the text names, with offsets from the beginning of the data. */
    void add(String name, Dtype type, List<Long> shape, long begin, long end) {
        if (tensors.size() == SafetensorsHeader.MAX_TENSORS) {
            throw new InvalidModelException(file + ": more than " + SafetensorsHeader.MAX_TENSORS + " tensors");
        }
        if (end < begin || end > size - dataStart) {
            throw new InvalidModelException(file + ": tensor " + name + " has data_offsets [" + begin + ", " + end
                    + "], outside the file's " + (size - dataStart)
                    + " bytes of data; the file is truncated or damaged");
        }
        long bytes = byteCount(name, type, shape);
        if (bytes != end - begin) {
            throw new InvalidModelException(file + ": tensor " + name + " " + type + " " + shape + " needs " + bytes
                    + " bytes, its data_offsets hold " + (end - begin));
        }
        tensors.add(new TensorInfo(name, type, shape, dataStart + begin, bytes));
    }

    private long byteCount(String name, Dtype type, List<Long> shape) {
        try {
            long elements = 1;
            for (long dimension : shape) {
                elements = Math.multiplyExact(elements, dimension);
            }
            return type.bytes(elements);
        } catch (ArithmeticException e) {
            throw new InvalidModelException(
                    file + ": tensor " + name + " " + type + " " + shape + " overflows 64 bits", e);
        }
    }

    /** Sorted tensors lie end to end from the first byte of data to the last of the file. */
    private void checkCoverage() {
        long next = dataStart;
        for (TensorInfo tensor : tensors) {
            if (tensor.offset() != next) {
                throw new InvalidModelException(file + ": tensor " + tensor.name() + " begins at byte "
                        + tensor.offset() + " of the file; expected " + next
                        + " (tensors must not overlap or leave gaps)");
            }
            next += tensor.bytes();
        }
        if (next != size) {
            throw new InvalidModelException(file + ": " + size + " bytes long, but its tensors end at byte " + next
                    + "; the file is damaged, fetch it again");
        }
    }
}
