package dev.sluice.models.released;

/**
 * The sizes of a released model as {@code spec/model.md} §1.7 gives them; 0 where the family has no such thing.
 *
 * @param type {@code model_type} of the text part
 * @param wrapped inside a multimodal file: {@code text_config}, {@code model.language_model.}
 * @param tied the embedding serves as output head
 * @param denseWidth {@code intermediate_size}
 * @param mtp draft layers
 */
public record ReleasedModel(
        String name,
        String type,
        boolean wrapped,
        int hidden,
        int layers,
        int vocab,
        boolean tied,
        int maxPositions,
        double theta,
        Attention attention,
        Delta delta,
        int denseWidth,
        Experts experts,
        int mtp) {
    /** Size of a DeltaNet head's keys and values, in every release. */
    public static final int DELTA_DIM = 128;

    /** Every such layer attends, the others have DeltaNet. */
    public static final int INTERVAL = 4;

    /** Full attention. */
    public record Attention(int heads, int kvHeads, int headDim) {}

    /** DeltaNet heads. */
    public record Delta(int keyHeads, int valueHeads) {
        static final Delta NONE = new Delta(0, 0);

        public int keyWidth() {
            return keyHeads * DELTA_DIM;
        }

        public int valueWidth() {
            return valueHeads * DELTA_DIM;
        }
    }

    /** Routed experts and the shared one. */
    public record Experts(int count, int topK, int width, int sharedWidth) {
        static final Experts NONE = new Experts(0, 0, 0, 0);
    }

    /** DeltaNet in three of four layers. */
    public boolean hybrid() {
        return delta.keyHeads > 0;
    }

    public boolean sparse() {
        return experts.count > 0;
    }

    /** Whether a layer attends. */
    public boolean attends(int layer) {
        return !hybrid() || (layer + 1) % INTERVAL == 0;
    }

    /** The same model with other counts that do not change what one layer or one expert computes. */
    public ReleasedModel resized(int newLayers, int newVocab, int newExperts) {
        return new ReleasedModel(
                name,
                type,
                wrapped,
                hidden,
                newLayers,
                newVocab,
                tied,
                maxPositions,
                theta,
                attention,
                delta,
                denseWidth,
                new Experts(newExperts, experts.topK, experts.width, experts.sharedWidth),
                mtp);
    }

    @Override
    public String toString() {
        return name;
    }
}
