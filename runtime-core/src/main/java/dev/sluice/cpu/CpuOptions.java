package dev.sluice.cpu;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.PageAdvice;

/**
 * How to run a model on the CPU.
 *
 * @param kvType type of keys and values in the cache: BF16 or F32
 * @param maxBatchTokens most tokens of one batch; buffers grow with the batches that come, up to this
 * @param contextLimit most positions of one sequence
 * @param experts where chosen experts are asked for before they are read: not {@link PageAdvice#NONE} when the weights are
 *     larger than memory
 */
public record CpuOptions(Dtype kvType, int maxBatchTokens, int contextLimit, PageAdvice experts) {
    /** For weights that fit in memory. */
    public CpuOptions(Dtype kvType, int maxBatchTokens, int contextLimit) {
        this(kvType, maxBatchTokens, contextLimit, PageAdvice.NONE);
    }

    public CpuOptions {
        if (kvType != Dtype.BF16 && kvType != Dtype.F32) {
            throw new InvalidRequestException("the KV cache can hold BF16 or F32, not " + kvType);
        }
        if (maxBatchTokens < 1 || contextLimit < 1) {
            throw new InvalidRequestException("need at least 1 token a batch and 1 position, got maxBatchTokens "
                    + maxBatchTokens + ", contextLimit " + contextLimit);
        }
    }
}
