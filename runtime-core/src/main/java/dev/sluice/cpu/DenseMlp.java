package dev.sluice.cpu;

import dev.sluice.kernels.Rows;
import dev.sluice.models.Weights;
import java.lang.foreign.Arena;

/** SwiGLU: {@code down(silu(gate x) * up x)} ({@code spec/model.md} §3.12). */
final class DenseMlp implements Mlp {
    private final Weights.DenseMlp weights;
    private final Products products;
    private final Buffers buffers;

    /** Intermediate rows, shared by the layers of a width. */
    record Buffers(Rows gate, Rows up) {
        Buffers(Arena arena, int capacity, int width) {
            this(Pass.rows(arena, capacity, width), Pass.rows(arena, capacity, width));
        }

        static long floats(int capacity, int width) {
            return 2 * Rows.floats(capacity, width);
        }
    }

    DenseMlp(Weights.DenseMlp weights, Products products, Buffers buffers) {
        this.weights = weights;
        this.products = products;
        this.buffers = buffers;
    }

    @Override
    public void forward(Pass pass) {
        int tokens = pass.tokens();
        Rows gate = buffers.gate();
        products.clear()
                .addSwiGlu(weights.gate(), weights.up(), pass.input(), 0, gate, buffers.up(), 0, tokens)
                .run();
        products.clear().add(weights.down(), gate, 0, pass.output(), 0, tokens).run();
    }
}
