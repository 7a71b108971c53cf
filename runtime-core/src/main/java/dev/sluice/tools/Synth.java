package dev.sluice.tools;

import dev.sluice.LoadOptions;
import dev.sluice.ModelReport;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.models.released.Form;
import dev.sluice.models.released.ReleasedModel;
import dev.sluice.models.released.ReleasedModels;
import dev.sluice.tools.synth.ShapeName;
import dev.sluice.tools.synth.SynthFolder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Writes complete model folders with seeded random weights in the layout of a released model: to measure and test at full
 * size without the real weights. The text model only, without a vision tower, and with a tokenizer of single bytes.
 */
public final class Synth {
    /** In which form the matrices are stored. */
    public enum Format {
        BF16(Form.BF16),
        /** Official FP8 in blocks of 128 x 128. */
        FP8(Form.FP8),
        /** Affine groups as mlx-lm writes them. */
        AFFINE4(Form.AFFINE4),
        AFFINE8(Form.AFFINE8);

        private final Form form;

        Format(Form form) {
            this.form = form;
        }

        private static Format of(String name) {
            return Arrays.stream(values())
                    .filter(format -> format.word().equals(name.replace("-", "").toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new InvalidRequestException("no format is called \"" + name + "\"; there are "
                            + Arrays.stream(values()).map(Format::word).collect(Collectors.joining(", "))));
        }

        /** Its name where a user writes it, such as {@code fp8}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What a folder will hold.
     *
     * @param parameters learnt numbers without the draft head
     * @param draftParameters learnt numbers of the draft head
     * @param bytes of all tensors; headers and configuration files come on top
     * @param files number of files with weights
     */
    public record Totals(long parameters, long draftParameters, long bytes, int files) {}

    /** Hears how many of the bytes of {@link Totals#bytes} are written. */
    @FunctionalInterface
    public interface Progress {
        void written(long bytes, long total);
    }

    /** What a user writes before a shape where a folder could be meant. */
    public static final String PREFIX = "synth:";

    private final String name;
    private final ReleasedModel model;
    private final Format format;
    private final long seed;

    private Synth(String name, ReleasedModel model, Format format, long seed) {
        this.name = name;
        this.model = model;
        this.format = format;
        this.seed = seed;
    }

    /** The names that a shape may begin with. */
    public static List<String> shapes() {
        return ReleasedModels.all().stream().map(ReleasedModel::name).toList();
    }

    /**
     * Plans a folder; nothing is written.
     *
     * @param shape a release's name, such as {@code qwen3-next-80b-a3b}; {@code NAME@1/n} has an n-th of its layers and
     *     vocabulary, {@code NAME@1/n,experts=E} another number of experts
     * @param seed the same seed gives the same bytes on every machine
     * @throws InvalidRequestException when there is no such shape
     */
    public static Synth plan(String shape, Format format, long seed) {
        return new Synth(shape, ShapeName.parse(shape), format, seed);
    }

    /**
     * Plans what {@code synth:SHAPE[:FORMAT]} means; the format is BF16 unless given.
     *
     * @throws InvalidRequestException when there is no such shape or format
     */
    public static Synth plan(String reference, long seed) {
        String shape = reference.startsWith(PREFIX) ? reference.substring(PREFIX.length()) : reference;
        int colon = shape.lastIndexOf(':');
        return colon < 0
                ? plan(shape, Format.BF16, seed)
                : plan(shape.substring(0, colon), Format.of(shape.substring(colon + 1)), seed);
    }

    /** Describes the folder as it would be; nothing is written. */
    public ModelReport report(LoadOptions options) {
        return ModelReport.of(PREFIX + name + ":" + format.word(), model, format.form, options);
    }

    private SynthFolder folder() {
        return new SynthFolder(model, format.form, seed);
    }

    public Totals totals() {
        SynthFolder folder = folder();
        return new Totals(folder.parameters(false), folder.parameters(true), folder.bytes(), folder.files());
    }

    /**
     * Writes the folder. It appears under its name only when it is complete; after a failure nothing is left.
     *
     * @param out a folder that does not exist, or an empty one
     * @throws InvalidRequestException when {@code out} has contents
     * @throws dev.sluice.error.StorageException when there is not enough room, or writing fails
     */
    public void write(Path out, Progress progress) {
        SynthFolder folder = folder();
        long total = folder.bytes();
        folder.write(out, bytes -> progress.written(bytes, total));
    }
}
