package dev.sluice.cpu;

import dev.sluice.backend.Batch;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.models.Architecture;
import dev.sluice.models.Weights;
import java.lang.foreign.Arena;

/** Embedding, layers and final norm ({@code spec/model.md} §3.2), with buffers for {@code capacity} tokens. */
final class Trunk implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Weights weights;
    private final Pass pass;
    private final Products products;
    private final Block[] blocks;
    private final Embed embed;
    private final int[] ids;
    private volatile int layersDone;

    Trunk(Architecture architecture, Weights weights, Workers workers, RopeTable table, int capacity) {
        this.weights = weights;
        this.ids = new int[capacity];
        Blocks builder = new Blocks(architecture, workers, table, arena, capacity);
        this.pass = builder.pass();
        this.products = builder.products();
        this.blocks = new Block[architecture.layers().size()];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = builder.block(
                    i, architecture.layers().get(i), weights.layers().get(i));
        }
        this.embed = new Embed(workers, weights.embedding(), pass.hidden(), ids);
    }

    int capacity() {
        return ids.length;
    }

    /** The pass to fill before {@link #forward}. */
    Pass pass() {
        return pass;
    }

    Products products() {
        return products;
    }

    /** Share of the running step that is done, the head counted as a layer. Any thread. */
    double share() {
        return (double) layersDone / (blocks.length + 1);
    }

    /** No step runs any more. */
    void rest() {
        layersDone = 0;
    }

    /**
     * Runs the batch that the pass describes. The second half of the last layer runs for the rows alone that the result is
     * about: of a prompt one, of a chunk of it none.
     *
     * @return the hidden vectors after the final norm
     */
    Rows forward(Batch batch, CpuResult result) {
        int row = 0;
        for (int entry = 0; entry < batch.size(); entry++) {
            Batch.Entry tokens = batch.entry(entry);
            for (int i = 0; i < tokens.count(); i++) {
                ids[row++] = tokens.id(i);
            }
        }
        embed.run(row);
        int last = blocks.length - 1;
        for (int i = 0; i < last; i++) {
            blocks[i].forward(pass);
            layersDone = i + 1;
        }
        blocks[last].mix(pass);
        result.keepWanted(pass);
        if (pass.tokens() > 0) {
            blocks[last].feed(pass);
        }
        layersDone = blocks.length;
        pass.norm(weights.finalNorm());
        pass.tap("hidden.final_norm", pass.input());
        return pass.input();
    }

    @Override
    public void close() {
        arena.close();
    }

    private static final class Embed extends RowTask {
        private final MatMul matMul;
        private final Matrix embedding;
        private final Rows hidden;
        private final int[] ids;

        private Embed(Workers workers, Matrix embedding, Rows hidden, int[] ids) {
            super(workers, embedding.cols());
            this.matMul = workers.kernels().matMul();
            this.embedding = embedding;
            this.hidden = hidden;
            this.ids = ids;
        }

        @Override
        void row(int row) {
            matMul.row(embedding, ids[row], hidden.data(), hidden.row(row));
        }
    }
}
