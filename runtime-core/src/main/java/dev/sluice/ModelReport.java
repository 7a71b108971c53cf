package dev.sluice;

import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.Architecture;
import dev.sluice.models.ModelFolder;
import dev.sluice.models.ModelSummary;
import dev.sluice.models.released.Form;
import dev.sluice.models.released.ReleasedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a model holds and what running it takes, after all checks of a load but without one.
 *
 * @param name its folder, or the shape that it was described by
 * @param modelType {@code model_type} of its configuration
 * @param nativeContext positions the model was made for
 * @param layerMap kinds of layers in order, such as {@code (3 x gated DeltaNet, 1 x gated attention) x 12}
 * @param kinds one line about each kind of layer and of feed-forward part
 * @param trunkParameters learnt numbers without the draft head
 * @param mtpParameters those of the draft head, 0 without one
 * @param form in which most weights are stored, such as {@code FP8}
 * @param parts where the bytes of the weights go, largest first
 * @param sampling what {@code generation_config.json} recommends; null where it says nothing
 * @param warnings where the files disagree in a way that the model survives
 */
public record ModelReport(
        String name,
        String modelType,
        int layers,
        int hiddenSize,
        int vocabSize,
        int nativeContext,
        String layerMap,
        List<String> kinds,
        long trunkParameters,
        long mtpParameters,
        String form,
        List<Part> parts,
        Memory memory,
        Options sampling,
        List<String> warnings) {

    /**
     * A part of the weights in one stored form.
     *
     * @param name such as {@code experts}
     * @param form element type as safetensors names it, such as {@code BF16}
     */
    public record Part(String name, String form, int tensors, long bytes) {}

    /**
     * Bytes that a run with one sequence takes.
     *
     * @param context tokens that {@code cache} is for
     * @param weights mapped from the files; the kernel keeps of them in memory what fits
     * @param cache keys and values of the attention layers; the other layers have none
     * @param state recurrent states, whatever the context
     * @param scratch buffers of a prompt's step, scratch of every thread, rotary angles of the context
     * @param available what can be had now without the mapped weights; {@link Long#MAX_VALUE} when unknown
     */
    public record Memory(int context, long weights, long cache, long state, long scratch, long available) {
        private static final double GIB = 1 << 30;

        /** All of it. */
        public long total() {
            return weights + cache + state + scratch;
        }

        /** Whether everything but the weights fits; without that a load is refused. */
        public boolean runs() {
            return cache + state + scratch <= available;
        }

        /** Whether the weights fit beside it; otherwise parts of them are read from disk again and again. */
        public boolean staysInMemory() {
            return total() <= available;
        }

        /** Bytes of the weights that find no room. */
        public long paged() {
            return Math.max(0, Math.min(weights, total() - available));
        }

        /** What a user should know who runs it nevertheless; empty when all of it fits. */
        public Optional<String> warning() {
            return staysInMemory()
                    ? Optional.empty()
                    : Optional.of(String.format(
                            Locale.ROOT,
                            "the weights are %.2f GiB and %.2f GiB of memory are left for them: about %.2f GiB are read"
                                    + " from disk again and again, which is slow; of a model with experts those that were"
                                    + " not chosen for the longest time leave memory first",
                            weights / GIB,
                            (weights - paged()) / GIB,
                            paged() / GIB));
        }
    }

    public ModelReport {
        kinds = List.copyOf(kinds);
        parts = List.copyOf(parts);
        warnings = List.copyOf(warnings);
    }

    /**
     * Examines a folder.
     *
     * @throws dev.sluice.error.SluiceException as {@link Sluice#load}, but for memory: what does not fit is reported
     */
    public static ModelReport of(Path folder, LoadOptions options) {
        return of(folder.toString(), ModelFolder.inspect(folder, files(options)), options);
    }

    /** Describes a released model under the name given, without a folder of it. */
    public static ModelReport of(String name, ReleasedModel model, Form form, LoadOptions options) {
        return of(name, ModelFolder.describe(model, form, files(options)), options);
    }

    private static dev.sluice.models.LoadOptions files(LoadOptions options) {
        return new dev.sluice.models.LoadOptions(options.ropeFactor());
    }

    private static ModelReport of(String name, ModelSummary summary, LoadOptions options) {
        Architecture architecture = summary.architecture();
        MemoryPlan plan = new MemoryPlan(
                architecture, options, summary.bytes(), ThreadTeam.defaultSize(), AvailableMemory.bytes());
        ContextChoice choice = plan.choice();
        Integer wished = options.contextLength();
        List<String> warnings = new ArrayList<>(summary.warnings());
        if (wished == null) {
            choice.note().ifPresent(warnings::add);
        } else {
            ContextChoice.requirePositions(wished, architecture.maxPositions(), name);
        }
        int context = wished == null ? choice.tokens() : wished;
        LayerMap map = new LayerMap(architecture);
        return new ModelReport(
                name,
                architecture.modelType(),
                architecture.layers().size(),
                architecture.hiddenSize(),
                architecture.vocabSize(),
                architecture.maxPositions(),
                map.text(),
                map.kinds(),
                summary.parameters().trunk(),
                summary.parameters().mtp(),
                summary.form(),
                WeightParts.of(summary.tensors()),
                plan.at(context),
                ModelLoader.sampling(summary.generationDefaults()),
                warnings);
    }
}
