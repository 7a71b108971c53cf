package dev.sluice;

import dev.sluice.cpu.CpuMemory;
import dev.sluice.kernels.Dtype;
import dev.sluice.models.Architecture;

/** What one sequence of a model will take, and so the context that there is room for; the same with and without a load. */
final class MemoryPlan {
    private final CpuMemory memory;
    private final SequenceMemory sequence;
    private final long weights;
    private final long buffers;
    private final long available;
    private final ContextChoice choice;

    /**
     * @param weights bytes of the files
     * @param threads that compute
     * @param available bytes of memory, {@link Long#MAX_VALUE} when unknown
     */
    MemoryPlan(Architecture architecture, LoadOptions options, long weights, int threads, long available) {
        this.memory = new CpuMemory(architecture, dtype(options.kvType()));
        this.sequence = SequenceMemory.of(memory);
        this.weights = weights;
        this.buffers = memory.buffers(options.prefillChunk(), options.prefillChunk(), threads);
        this.available = available;
        this.choice = ContextChoice.of(
                sequence.plus(memory.anglesPerToken()), architecture.maxPositions(), weights + buffers, available);
    }

    static Dtype dtype(KvType type) {
        return switch (type) {
            case BF16 -> Dtype.BF16;
            case F32 -> Dtype.F32;
        };
    }

    /** The context for which nobody asked. */
    ContextChoice choice() {
        return choice;
    }

    /** States, keys and values of one sequence. */
    SequenceMemory sequence() {
        return sequence;
    }

    /** With a context of so many tokens. */
    ModelReport.Memory at(int context) {
        return new ModelReport.Memory(
                context,
                weights,
                sequence.perToken() * context,
                sequence.fixed(),
                buffers + memory.angles(context),
                available);
    }
}
