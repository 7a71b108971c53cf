package dev.sluice.engine;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.F32;

/**
 * Chooses the next token of one sequence. The order of operations is that of Hugging Face's generate (and, for what
 * that lacks, of vLLM):
 *
 * <ol>
 *   <li>logit bias;
 *   <li>repetition penalty on ids of prompt and output, then frequency and presence penalty on ids of the output;
 *   <li>temperature 0: the highest logit, the lowest id among equals, and no random number is used;
 *   <li>else divide by the temperature, then top-k, top-p, min-p, each on what the one before left;
 *   <li>one random number per token picks from the distribution in id order.
 * </ol>
 *
 * llama.cpp differs: it applies the temperature last, so that top-p and min-p see the unscaled distribution.
 *
 * <p>Ids whose probability is below e<sup>-40</sup> of the best one's are never drawn; together they weigh less than
 * 10<sup>-12</sup>. The result depends on logits, options and earlier tokens only. Choosing allocates nothing.
 */
public final class Sampler {
    /** 2^18 ids of weight e^-40 are 1.1e-12 of the best one's weight. */
    private static final double SPAN = 40;

    private final SamplingOptions options;
    private final Candidates candidates;
    private final TokenCounts counts;
    private final SplitMix64 random;
    private final int[] biasIds;
    private final double[] biases;
    private final boolean penalties;

    /** A sampler for a sequence of about {@code expectedTokens} ids, prompt included. */
    public Sampler(SamplingOptions options, Candidates candidates, int expectedTokens) {
        this.options = options;
        this.candidates = candidates;
        this.random = new SplitMix64(options.seed());
        this.penalties =
                options.repetitionPenalty() != 1 || options.presencePenalty() != 0 || options.frequencyPenalty() != 0;
        this.counts = new TokenCounts(penalties ? Math.min(expectedTokens, candidates.size()) : 0);
        this.biasIds = options.logitBias().keySet().stream()
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        this.biases = new double[biasIds.length];
        for (int i = 0; i < biasIds.length; i++) {
            checkId(biasIds[i]);
            biases[i] = options.logitBias().getOrDefault(biasIds[i], 0.0);
        }
    }

    /** Tells the penalties about the prompt. */
    public void prompt(int[] ids, int count) {
        if (options.repetitionPenalty() != 1) {
            for (int i = 0; i < count; i++) {
                counts.seen(ids[i]);
            }
        }
    }

    /** Tells the penalties that a token was put out. */
    public void accept(int id) {
        if (penalties) {
            counts.put(id);
        }
    }

    /**
     * Chooses from the logits that begin at {@code from}; leaves them as they are.
     *
     * @param maxima what {@link dev.sluice.kernels.Activations#maxima} gives of the logits, from {@code maximaFrom} on; of
     *     the others only those blocks are looked at that can hold the id to choose, or whose logits are changed
     */
    public int sample(F32 logits, long from, F32 maxima, long maximaFrom) {
        candidates.load(logits, from, maxima, maximaFrom);
        for (int i = 0; i < biasIds.length; i++) {
            candidates.set(biasIds[i], candidates.logit(biasIds[i]) + biases[i]);
        }
        if (penalties) {
            penalise();
        }
        candidates.scan();
        return options.temperature() == 0 ? candidates.best() : draw();
    }

    private void penalise() {
        for (int slot = 0; slot < counts.slots(); slot++) {
            int id = counts.id(slot);
            if (0 <= id && id < candidates.size()) {
                double logit = candidates.logit(id);
                double factor = options.repetitionPenalty();
                logit = logit > 0 ? logit / factor : logit * factor;
                int times = counts.outputs(slot);
                if (times > 0) {
                    logit -= times * options.frequencyPenalty() + options.presencePenalty();
                }
                candidates.set(id, logit);
            }
        }
    }

    private int draw() {
        candidates.collect(SPAN * options.temperature(), options.topK());
        if (options.topK() > 0) {
            candidates.topK(options.topK());
        }
        candidates.weigh(options.temperature());
        if (options.topP() < 1) {
            candidates.topP(options.topP());
        }
        if (options.minP() > 0) {
            candidates.minP(options.minP());
        }
        return candidates.draw(random.nextDouble());
    }

    private void checkId(int id) {
        if (id >= candidates.size()) {
            throw new InvalidRequestException(
                    "logit_bias names id " + id + ", but the tokenizer's ids end at " + (candidates.size() - 1));
        }
    }
}
