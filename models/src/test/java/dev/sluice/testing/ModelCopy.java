package dev.sluice.testing;

import dev.sluice.kernels.Dtype;
import dev.sluice.models.checkpoint.Safetensors;
import dev.sluice.models.checkpoint.SafetensorsWriter;
import dev.sluice.models.checkpoint.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A model folder in memory, to be changed and written elsewhere as one {@code model.safetensors}. */
public final class ModelCopy {
    /** A tensor with its bytes. */
    public record Tensor(Dtype type, List<Long> shape, byte[] bytes) {}

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private Map<String, String> metadata = Map.of();
    private String config;

    private ModelCopy(Path folder) throws IOException {
        this.config = Files.readString(folder.resolve("config.json"));
        try (Arena arena = Arena.ofConfined();
                Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(ModelCopy::isWeights).sorted().toList()) {
                Safetensors read = Safetensors.map(file, file.getFileName().toString(), arena);
                metadata = read.metadata();
                for (TensorInfo info : read.tensors()) {
                    byte[] bytes = read.data(info).toArray(ValueLayout.JAVA_BYTE);
                    tensors.put(info.name(), new Tensor(info.type(), info.shape(), bytes));
                }
            }
        }
    }

    private static boolean isWeights(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".safetensors") && !name.startsWith("expected");
    }

    /** Copies a model folder. */
    public static ModelCopy of(Path folder) {
        try {
            return new ModelCopy(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String config() {
        return config;
    }

    public ModelCopy config(String text) {
        config = text;
        return this;
    }

    /** Replaces a piece of config.json that must be there; white space must match the file. */
    public ModelCopy replace(String piece, String by) {
        if (!config.contains(piece)) {
            throw new IllegalArgumentException("config.json has no " + piece + ":\n" + config);
        }
        config = config.replace(piece, by);
        return this;
    }

    /** Adds keys in front of the first one of config.json. */
    public ModelCopy addKeys(String keys) {
        config = config.replaceFirst("\\{", "{" + keys.replace("$", "\\$") + ",");
        return this;
    }

    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /** The tensor of a name that must be there. */
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor " + name + "; there are " + tensors.keySet());
        }
        return tensor;
    }

    public ModelCopy remove(String name) {
        tensor(name);
        tensors.remove(name);
        return this;
    }

    public ModelCopy put(String name, Dtype type, long... shape) {
        List<Long> sizes = new ArrayList<>();
        long elements = 1;
        for (long size : shape) {
            sizes.add(size);
            elements *= size;
        }
        tensors.put(name, new Tensor(type, sizes, new byte[Math.toIntExact(type.bytes(elements))]));
        return this;
    }

    /** Writes the folder. */
    public Path write(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("config.json"), config);
            write(folder.resolve("model.safetensors"), List.copyOf(tensors.keySet()));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes some of the tensors as one file. */
    public void write(Path file, List<String> names) {
        List<SafetensorsWriter.Entry> entries = names.stream()
                .map(name -> new SafetensorsWriter.Entry(
                        name, tensor(name).type(), tensor(name).shape()))
                .toList();
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, entries, metadata)) {
            for (String name : names) {
                writer.write(MemorySegment.ofArray(tensor(name).bytes()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
