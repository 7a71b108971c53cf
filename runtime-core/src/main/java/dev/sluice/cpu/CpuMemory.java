package dev.sluice.cpu;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.KvPages;
import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import java.util.List;

/**
 * Bytes that an executor allocates outside the heap beside the weights, known before it is made. Every term is what the
 * owner of the memory asks for, padding included.
 *
 * @param kvType type of cached keys and values
 */
public record CpuMemory(Architecture architecture, Dtype kvType) {
    /**
     * Activations of a step that wants one row of logits, and scratch of all threads.
     *
     * @param tokens of the largest step
     * @param most what a step may have at most: room is made for a power of two tokens, up to this
     */
    public long buffers(int tokens, int most, int threads) {
        int hidden = architecture.hiddenSize();
        long result = CpuResult.floats(hidden, architecture.vocabSize());
        long sum = threads * Scratch.floats(architecture)
                + Blocks.floats(architecture.layers(), CpuExecutor.capacityFor(tokens, most), hidden)
                + result;
        LayerSpec mtp = architecture.mtp();
        if (mtp != null) {
            sum += MtpHead.floats(mtp, 1, hidden) + result;
        }
        return Float.BYTES * sum;
    }

    /** Cosines and sines of the first {@code positions} positions, which all sequences share. */
    public long angles(int positions) {
        return Float.BYTES * RopeTable.floats(architecture.rope(), positions);
    }

    /** The same of one position. */
    public long anglesPerToken() {
        return (long) Float.BYTES * RopeTable.floats(architecture.rope());
    }

    /** Recurrent states of one sequence, whatever its length. */
    public long states() {
        long floats = 0;
        for (LayerSpec layer : architecture.layers()) {
            if (layer.mixer() instanceof MixerSpec.GatedDeltaNet delta) {
                floats += DeltaState.floats(delta);
            }
        }
        return Float.BYTES * floats;
    }

    /** Keys and values of {@code tokens} tokens of one sequence, in whole pages, without the draft head's. */
    public long cache(int tokens) {
        return cache(architecture.layers(), tokens);
    }

    /** Keys and values of the draft head for as many tokens; 0 without one. */
    public long draftCache(int tokens) {
        LayerSpec mtp = architecture.mtp();
        return mtp == null ? 0 : cache(List.of(mtp), tokens);
    }

    private long cache(List<LayerSpec> layers, int tokens) {
        long page = 0;
        for (LayerSpec layer : layers) {
            if (layer.mixer() instanceof MixerSpec.FullAttention full) {
                page += KvPages.pageBytes(kvType, full.kvHeads(), full.headDim());
            }
        }
        return ((long) tokens + KvPages.PAGE - 1) / KvPages.PAGE * page;
    }
}
