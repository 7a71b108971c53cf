package dev.sluice.models.family;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.SluiceException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import dev.sluice.models.checkpoint.Refusals;
import dev.sluice.models.checkpoint.TensorInfo;
import dev.sluice.models.checkpoint.TensorStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the tensors of a checkpoint by name, each exactly once and only in the shape and type that the
 * configuration implies, and refuses what is left over at the end.
 */
final class TensorSource {
    /** Prefixes of the trunk in published, re-saved and MLX checkpoints ({@code spec/model.md} §2.1). */
    private static final List<String> PREFIXES = List.of("model.language_model.", "language_model.model.", "model.");

    private static final List<String> VISION = List.of("model.visual.", "visual.", "vision_tower.");

    private final TensorStore store;
    private final Arena arena;
    private final SmallTables tables;
    private final Refusals refusals;
    private final IntConsumer left;
    private final MatrixReader matrices;
    private final boolean mlx;
    private final String trunk;
    /** All names, sorted, once a tensor is refused: 3 ms for a cold JVM. */
    private String @Nullable [] sorted;

    private final Set<String> unclaimed;
    private final List<String> warnings = new ArrayList<>();
    private final List<TensorInfo> scales = new ArrayList<>();

    /**
     * @param arena owner of everything that is widened or folded
     * @param refusals hears of each tensor that is missing, wrong or left over
     * @param left hears how many tensors have not been looked at
     */
    TensorSource(TensorStore store, Quantisation quantisation, Arena arena, Refusals refusals, IntConsumer left) {
        this.store = store;
        this.arena = arena;
        this.tables = new SmallTables(arena);
        this.refusals = refusals;
        this.left = left;
        this.matrices = new MatrixReader(this, quantisation);
        this.mlx = quantisation instanceof Quantisation.Affine || store.writtenByMlx();
        this.unclaimed = HashSet.newHashSet(store.tensors().size());
        for (TensorInfo tensor : store.tensors()) {
            unclaimed.add(tensor.name());
        }
        matrices.requirePromise();
        this.trunk = findTrunk();
    }

    private String findTrunk() {
        List<String> found = PREFIXES.stream()
                .filter(prefix -> has(prefix + "embed_tokens.weight"))
                .toList();
        if (found.size() != 1) {
            throw new InvalidModelException("embed_tokens.weight: expected under one of the prefixes "
                    + String.join(", ", PREFIXES) + "; found " + (found.isEmpty() ? "none" : found));
        }
        return found.getFirst();
    }

    /** Prefix of the trunk's tensors, with its dot. */
    String trunk() {
        return trunk;
    }

    /** Name of the output head's module. */
    String head() {
        return trunk.startsWith("language_model.") ? "language_model.lm_head" : "lm_head";
    }

    /** mlx-lm wrote the file: norms hold {@code 1 + w} already and the convolution is {@code [channels, taps, 1]}. */
    boolean mlx() {
        return mlx;
    }

    boolean has(String name) {
        return store.find(name) != null;
    }

    /** Whether the name of any tensor that is left begins so. Asked once or twice a layer, for which sorting does not pay. */
    boolean hasAny(String prefix) {
        for (String name : unclaimed) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    private Stream<String> beginning(String prefix) {
        String[] names = sorted;
        if (names == null) {
            names = store.tensors().stream().map(TensorInfo::name).sorted().toArray(String[]::new);
            sorted = names;
        }
        int found = Arrays.binarySearch(names, prefix);
        int first = found < 0 ? -found - 1 : found;
        return Arrays.stream(names, first, names.length).takeWhile(name -> name.startsWith(prefix));
    }

    TensorStore store() {
        return store;
    }

    /** A weight matrix {@code [rows, cols]} in whatever form it is stored. */
    Matrix matrix(String module, int rows, int cols) {
        return attempt(
                module + ".",
                () -> matrices.read(module, module + ".weight", rows, cols, List.of((long) rows, (long) cols)),
                () -> unread(rows, cols));
    }

    /** Reads; after a refusal that did not throw, leaves the part out and goes on with a stand-in. */
    private <T> T attempt(String prefix, Supplier<T> read, Supplier<T> standIn) {
        try {
            T part = read.get();
            left.accept(unclaimed.size() + scales.size());
            return part;
        } catch (InvalidModelException | UnsupportedModelException fault) {
            refusals.refuse(fault);
            beginning(prefix).forEach(unclaimed::remove);
            return standIn.get();
        }
    }

    /** A matrix of memory that nobody may read: address 64 lies in a page that is never mapped. */
    private static Matrix unread(int rows, int cols) {
        long bytes = Dtype.BF16.bytes((long) rows * cols);
        return new Matrix.Dense(
                Dtype.BF16, rows, cols, MemorySegment.ofAddress(64).reinterpret(bytes));
    }

    /** The matrices of a stack {@code [count, rows, cols]}; {@code tensor} is the full name. */
    List<Matrix> stack(String module, String tensor, int count, int rows, int cols) {
        int allRows = Math.multiplyExact(count, rows);
        Matrix all = attempt(
                module,
                () -> matrices.read(module, tensor, allRows, cols, List.of((long) count, (long) rows, (long) cols)),
                () -> unread(allRows, cols));
        List<Matrix> out = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            out.add(MatrixReader.rows(all, i * rows, rows));
        }
        return out;
    }

    /** A vector, widened to f32 and passed through {@code fold}. */
    F32 vector(String name, int size, DoubleUnaryOperator fold) {
        return attempt(
                name, () -> table(elements(claim(name, List.of((long) size)), fold)), () -> F32.allocate(arena, 1));
    }

    /** The kernel of a depthwise convolution, transposed to {@code [taps, channels]}. */
    F32 convolution(String name, int channels, int taps) {
        return attempt(name, () -> readConvolution(name, channels, taps), () -> F32.allocate(arena, 1));
    }

    private F32 readConvolution(String name, int channels, int taps) {
        List<Long> published = List.of((long) channels, 1L, (long) taps);
        List<Long> converted = List.of((long) channels, (long) taps, 1L);
        TensorInfo found = store.find(name);
        if (!mlx && found != null && found.shape().equals(converted)) {
            throw new InvalidModelException(
                    at(name) + " has shape " + converted + ", as MLX stores it, but neither "
                            + "config.json (\"quantization\") nor the file's metadata (format mlx) says that it is a conversion");
        }
        TensorInfo info = claim(name, mlx ? converted : published);
        float[] byChannel = elements(info, DoubleUnaryOperator.identity());
        float[] byTap = new float[byChannel.length];
        for (int channel = 0; channel < channels; channel++) {
            for (int tap = 0; tap < taps; tap++) {
                byTap[tap * channels + channel] = byChannel[channel * taps + tap];
            }
        }
        return F32.copyOf(arena, byTap);
    }

    /** F32, BF16 or F16 of any rank: the types of small tensors vary between releases ({@code spec/model.md} §2.6). */
    float[] elements(TensorInfo info, DoubleUnaryOperator fold) {
        if (!Elements.readable(info.type())) {
            throw wrongType(info, "F32, BF16 or F16");
        }
        float[] elements = new Elements(store.read(info), info.type()).all();
        for (int i = 0; i < elements.length; i++) {
            float stored = elements[i];
            elements[i] = (float) fold.applyAsDouble(stored);
            if (!Float.isFinite(elements[i])) {
                throw new InvalidModelException(
                        at(info.name()) + " holds " + stored + " at element " + i + "; the file is damaged");
            }
        }
        return elements;
    }

    /** Memory of the model's with these elements. */
    F32 table(float[] elements) {
        return tables.copyOf(elements);
    }

    /** A tensor that must be there in exactly this shape. */
    TensorInfo claim(String name, List<Long> shape) {
        return claim(name, shape, meaning(name));
    }

    /** @param meaning what the shape comes from, for messages */
    TensorInfo claim(String name, List<Long> shape, String meaning) {
        TensorInfo info = store.find(name);
        if (info == null) {
            throw new InvalidModelException(
                    "tensor " + name + " is missing; config.json implies shape " + shape + meaning + " (prefix " + trunk
                            + ", tried " + String.join(", ", PREFIXES) + ")" + ForeignFormats.hint(unclaimed));
        }
        if (!info.shape().equals(shape)) {
            throw new InvalidModelException(at(name) + " has shape " + info.shape() + "; config.json implies " + shape
                    + meaning + " (prefix " + trunk + ")");
        }
        if (!unclaimed.remove(name)) {
            throw new IllegalStateException("tensor " + name + " was handed out twice");
        }
        return info;
    }

    private static String meaning(String name) {
        return name.endsWith("embed_tokens.weight") || name.endsWith("lm_head.weight")
                ? " = [vocab_size, hidden_size]"
                : "";
    }

    InvalidModelException wrongType(TensorInfo info, String expected) {
        return new InvalidModelException(at(info.name()) + " is " + info.form() + "; expected " + expected);
    }

    /** File and tensor, as messages begin. */
    String at(String name) {
        return store.fileOf(name) + ": tensor " + name;
    }

    /** Passes over a redundant matrix without reading it; its shape must still fit. */
    void skipMatrix(String module, int rows, int cols) {
        matrix(module, rows, cols);
    }

    /** Leaves out all tensors whose names begin so. Looks through all that are left, as {@link #hasAny}. */
    void skip(String prefix) {
        unclaimed.removeIf(name -> name.startsWith(prefix));
    }

    /** Leaves out the vision tower of a multimodal checkpoint: Sluice runs text. */
    void skipVision() {
        if (VISION.stream().anyMatch(this::hasAny)) {
            warn("images are not supported: the vision tower of this checkpoint is passed over");
        }
        VISION.forEach(this::skip);
    }

    /** Notes a table of scales that no token does without; stacks of experts are not among them. */
    void readByEveryToken(TensorInfo table) {
        scales.add(table);
    }

    List<TensorInfo> scales() {
        return List.copyOf(scales);
    }

    /** Something the user should know although the model runs. */
    void warn(String message) {
        warnings.add(message);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** Refuses the checkpoint, or notes a fault in it. */
    void refuse(SluiceException fault) {
        refusals.refuse(fault);
    }

    /** Every tensor must have been claimed or skipped. */
    void finish() {
        left.accept(unclaimed.size() + scales.size());
        if (!unclaimed.isEmpty()) {
            SortedSet<String> rest = new TreeSet<>(unclaimed);
            String some = rest.stream()
                    .limit(4)
                    .map(name -> name + " " + describe(name))
                    .collect(Collectors.joining(", "));
            refuse(new InvalidModelException(store.fileOf(rest.first()) + ": " + unclaimed.size()
                    + (unclaimed.size() == 1 ? " tensor has" : " tensors have")
                    + " no place in the model that config.json describes (prefix " + trunk + "): " + some
                    + (unclaimed.size() > 4 ? ", ..." : "") + ForeignFormats.hint(unclaimed)));
            rest.stream()
                    .skip(4)
                    .forEach(name -> refuse(
                            new InvalidModelException(at(name) + " " + describe(name) + " has no place, either")));
        }
    }

    private String describe(String name) {
        TensorInfo info = store.find(name);
        return info == null ? "" : info.form();
    }
}
