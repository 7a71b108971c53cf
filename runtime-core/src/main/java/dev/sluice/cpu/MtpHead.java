package dev.sluice.cpu;

import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.DraftHead;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.kernels.KvPages;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rows;
import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Weights;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * The draft head on the CPU ({@code spec/model.md} §5.1):
 * {@code norm(layer(fc [norm(embedding of x[t+1]), norm(hidden[t])]))}, then the trunk's output head.
 */
final class MtpHead implements DraftHead, AutoCloseable {
    private final Architecture architecture;
    private final LayerSpec spec;
    private final Weights weights;
    private final Weights.Mtp mtp;
    private final Workers workers;
    private final RopeTable table;
    private final CpuExecutor executor;
    private final int layer;
    private final CpuResult result;
    private Buffers buffers;

    MtpHead(
            Architecture architecture,
            LayerSpec spec,
            Weights weights,
            Weights.Mtp mtp,
            Workers workers,
            RopeTable table,
            CpuExecutor executor) {
        this.architecture = architecture;
        this.spec = spec;
        this.weights = weights;
        this.mtp = mtp;
        this.workers = workers;
        this.table = table;
        this.executor = executor;
        this.layer = architecture.layers().size();
        this.result = new CpuResult(weights.head());
        this.buffers = new Buffers(1);
    }

    /** Floats of its buffers for up to {@code capacity} rows, without its result. */
    static long floats(LayerSpec spec, int capacity, int hidden) {
        return Blocks.floats(List.of(spec), capacity, hidden) + Rows.floats(capacity, 2 * hidden);
    }

    @Override
    public int position(SequenceState state) {
        return cache(state).length();
    }

    @Override
    public void truncate(SequenceState state, int position) {
        cache(state).truncate(position);
    }

    private KvPages cache(SequenceState state) {
        return executor.own(state).cache(layer);
    }

    @Override
    public StepResult forward(SequenceState state, Rows hidden, int first, int[] ids, int from, int count, Want want) {
        executor.enter();
        try {
            CpuSequence sequence = executor.own(state);
            int position = sequence.cache(layer).length();
            check(sequence, hidden, first, ids, from, count, position);
            result.begin();
            result.add(count, want);
            result.reserve();
            sequence.extend(layer, layer + 1, position, count);
            join(hidden, first, ids, from, count);
            result.compute(buffers.forward(sequence, count, position), buffers.products);
            return result;
        } catch (InternalError e) {
            throw executor.fail(e);
        } finally {
            executor.exit();
        }
    }

    private void join(Rows hidden, int first, int[] ids, int from, int count) {
        Buffers old = buffers;
        if (old.capacity < count) {
            buffers = new Buffers(executor.capacityFor(count));
        }
        buffers.join.set(hidden, first, ids, from);
        buffers.join.run(count);
        if (old != buffers) {
            // only now: the caller's hidden vectors may be the last result of this head
            old.close();
        }
    }

    private void check(CpuSequence sequence, Rows hidden, int first, int[] ids, int from, int count, int position) {
        if (count < 1 || count > executor.maxBatchTokens() || from < 0 || count > ids.length - from) {
            throw new IllegalArgumentException("ids " + from + " + " + count + " of " + ids.length);
        }
        hidden.check(first, count, architecture.hiddenSize());
        sequence.requireRoom((long) position + count);
        for (int i = from; i < from + count; i++) {
            executor.checkId(ids[i]);
        }
    }

    @Override
    public void close() {
        buffers.close();
        result.close();
    }

    /** The layer and its buffers, for up to {@code capacity} rows. */
    private final class Buffers implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final int capacity;
        private final Pass pass;
        private final Products products;
        private final Block block;
        private final Join join;

        private Buffers(int capacity) {
            this.capacity = capacity;
            Blocks builder = new Blocks(architecture, workers, table, arena, capacity);
            this.pass = builder.pass();
            this.products = builder.products();
            this.block = builder.block(layer, spec, mtp.layer());
            this.join = new Join(Pass.rows(arena, capacity, 2 * architecture.hiddenSize()));
        }

        private Rows forward(CpuSequence sequence, int count, int position) {
            pass.begin(null);
            pass.add(sequence, count, position, false);
            products.clear()
                    .add(mtp.projection(), join.joined, 0, pass.hidden(), 0, count)
                    .run();
            block.forward(pass);
            pass.norm(mtp.norm());
            return pass.input();
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    /** Normed embedding and normed hidden vector side by side. */
    private final class Join extends RowTask {
        private final MatMul matMul = workers.kernels().matMul();
        private final Norms norms = workers.kernels().norms();
        private final int size = architecture.hiddenSize();
        private final float eps = architecture.normEps();
        private final Rows joined;
        private Rows hidden;
        private int first;
        private int[] ids = new int[0];
        private int from;

        private Join(Rows joined) {
            super(workers, 2 * architecture.hiddenSize());
            this.joined = joined;
            this.hidden = joined;
        }

        private void set(Rows hidden, int first, int[] ids, int from) {
            this.hidden = hidden;
            this.first = first;
            this.ids = ids;
            this.from = from;
        }

        @Override
        void row(int row) {
            long at = joined.row(row);
            matMul.row(weights.embedding(), ids[from + row], joined.data(), at);
            norms.rms(joined.data(), at, mtp.embeddingNorm(), joined.data(), at, size, eps);
            norms.rms(hidden.data(), hidden.row(first + row), mtp.hiddenNorm(), joined.data(), at + size, size, eps);
        }
    }
}
