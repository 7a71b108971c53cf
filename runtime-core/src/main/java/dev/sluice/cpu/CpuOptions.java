package dev.sluice.cpu;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.Dtype;

/**
 * How to run a model on the CPU.
 *
 * @param kvType type of keys and values in the cache: BF16 or F32
 * @param maxBatchTokens most tokens of one batch; buffers grow with the batches that come, up to this
 * @param contextLimit most positions of one sequence
 */
public record CpuOptions(Dtype kvType, int maxBatchTokens, int contextLimit) {
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
