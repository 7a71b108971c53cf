package dev.sluice.cpu;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Router;
import dev.sluice.kernels.Rows;
import dev.sluice.models.Architecture.MlpSpec;
import dev.sluice.models.Weights;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sparse mixture of experts ({@code spec/model.md} §3.11). Rows are sorted by expert, so that each expert's weights pass
 * once a batch; every (token, rank) has a slot of its own and the slots of a token are added by falling rank, so the sum
 * does not depend on the other tokens.
 */
final class SparseMoe implements Mlp {
    private final MlpSpec.SparseMoe spec;
    private final Matrix router;
    private final Weights.DenseMlp[] experts;
    private final Weights.@Nullable DenseMlp shared;
    private final @Nullable Matrix sharedGate;
    private final Products products;
    private final ExpertPages pages;
    private final Buffers b;
    private final String tap;
    private final Choose choose;
    private final Gather gather;
    private final Combine combine;
    private Rows input;
    private Rows output;

    /** Rows and index tables, shared by the layers of one shape; a slot is a (token, rank). */
    static final class Buffers {
        private final Rows logits;
        private final Rows sharedLogit;
        private final Rows slotInput;
        private final Rows gate;
        private final Rows up;
        private final Rows down;
        private final Rows sharedRowsGate;
        private final Rows sharedRowsUp;
        private final Rows sharedDown;
        private final F32 zeros;
        private final int[] indices;
        private final float[] weights;
        private final float[] open;
        private final int[] slotOf;
        private final int[] tokenOf;
        private final int[] firstSlot;

        Buffers(Arena arena, int capacity, MlpSpec.SparseMoe spec, int hidden) {
            int slots = capacity * spec.topK();
            int sharedWidth = Math.max(spec.sharedWidth(), 1);
            this.logits = Pass.rows(arena, capacity, spec.experts());
            this.sharedLogit = Pass.rows(arena, capacity, 1);
            this.slotInput = Pass.rows(arena, slots, hidden);
            this.gate = Pass.rows(arena, slots, spec.expertWidth());
            this.up = Pass.rows(arena, slots, spec.expertWidth());
            this.down = Pass.rows(arena, slots, hidden);
            this.sharedRowsGate = Pass.rows(arena, capacity, sharedWidth);
            this.sharedRowsUp = Pass.rows(arena, capacity, sharedWidth);
            this.sharedDown = Pass.rows(arena, capacity, hidden);
            this.zeros = F32.allocate(arena, hidden);
            this.indices = new int[slots];
            this.weights = new float[slots];
            this.open = new float[capacity];
            this.slotOf = new int[slots];
            this.tokenOf = new int[slots];
            this.firstSlot = new int[spec.experts() + 1];
        }

        static long floats(int capacity, MlpSpec.SparseMoe spec, int hidden) {
            int slots = capacity * spec.topK();
            return Rows.floats(capacity, spec.experts())
                    + Rows.floats(capacity, 1)
                    + 2 * (Rows.floats(slots, hidden) + Rows.floats(slots, spec.expertWidth()))
                    + 2 * Rows.floats(capacity, Math.max(spec.sharedWidth(), 1))
                    + Rows.floats(capacity, hidden)
                    + hidden;
        }
    }

    SparseMoe(
            int layer,
            MlpSpec.SparseMoe spec,
            Weights.MoeMlp weights,
            Workers workers,
            Products products,
            Buffers buffers,
            Pass pass,
            int hidden) {
        this.spec = spec;
        this.router = weights.router();
        this.experts = weights.experts().toArray(Weights.DenseMlp[]::new);
        this.shared = weights.shared();
        this.sharedGate = weights.sharedGate();
        this.products = products;
        this.pages = workers.experts();
        this.b = buffers;
        this.tap = "router.layers." + layer;
        this.input = pass.input();
        this.output = pass.output();
        this.choose = new Choose(workers);
        this.gather = new Gather(workers, hidden);
        this.combine = new Combine(workers, hidden);
    }

    @Override
    public void forward(Pass pass) {
        input = pass.input();
        output = pass.output();
        int tokens = pass.tokens();
        route(tokens);
        pass.tapRouter(tap, b.indices, b.weights, spec.topK());
        sortByExpert(tokens);
        boolean inTurn = readAhead();
        if (tokens > 1) { // one token is read where it lies
            gather.run(tokens * spec.topK());
        }
        expand(tokens, inTurn);
        contract(tokens, inTurn);
        combine.run(tokens);
    }

    private void route(int tokens) {
        products.clear().addExact(router, input, 0, b.logits, 0, tokens);
        if (sharedGate != null) {
            products.add(sharedGate, input, 0, b.sharedLogit, 0, tokens);
        }
        products.run();
        choose.run(tokens);
    }

    /** Counting sort: afterwards expert {@code e} has the slots {@code [firstSlot[e], firstSlot[e + 1])}. */
    private void sortByExpert(int tokens) {
        int[] first = b.firstSlot;
        int slots = tokens * spec.topK();
        Arrays.fill(first, 0);
        for (int i = 0; i < slots; i++) {
            first[b.indices[i] + 1]++;
        }
        for (int expert = 0; expert < spec.experts(); expert++) {
            first[expert + 1] += first[expert];
        }
        for (int i = 0; i < slots; i++) {
            int slot = first[b.indices[i]]++;
            b.slotOf[i] = slot;
            b.tokenOf[slot] = i / spec.topK();
        }
        // every count has moved its expert's start to its end: shift back
        System.arraycopy(first, 0, first, 1, spec.experts());
        first[0] = 0;
    }

    private int tokensOf(int expert) {
        return b.firstSlot[expert + 1] - b.firstSlot[expert];
    }

    /** Asks for the chosen experts, in the order of their use; true when they are too many and follow in turn. */
    private boolean readAhead() {
        if (!pages.active()) {
            return false;
        }
        int chosen = 0;
        for (int e = 0; e < experts.length; e++) {
            chosen += tokensOf(e) > 0 ? 1 : 0;
        }
        if (!ExpertPages.atOnce(experts[0], chosen)) {
            return true;
        }
        for (int e = 0; e < experts.length; e++) {
            if (tokensOf(e) > 0) {
                pages.willNeed(experts[e].gate());
                pages.willNeed(experts[e].up());
            }
        }
        for (int e = 0; e < experts.length; e++) {
            if (tokensOf(e) > 0) {
                pages.willNeed(experts[e].down());
            }
        }
        return false;
    }

    private void run(boolean inTurn) {
        if (inTurn) {
            products.run(pages);
        } else {
            products.run();
        }
    }

    /** {@code silu(gate x) * (up x)} of every chosen expert and the shared one, one region. */
    private void expand(int tokens, boolean inTurn) {
        products.clear();
        for (int e = 0; e < experts.length; e++) {
            if (tokensOf(e) > 0) {
                int slot = b.firstSlot[e];
                Rows from = tokens == 1 ? input : b.slotInput;
                int first = tokens == 1 ? 0 : slot;
                products.addSwiGlu(experts[e].gate(), experts[e].up(), from, first, b.gate, b.up, slot, tokensOf(e));
            }
        }
        if (shared != null) {
            products.addSwiGlu(shared.gate(), shared.up(), input, 0, b.sharedRowsGate, b.sharedRowsUp, 0, tokens);
        }
        run(inTurn);
    }

    /** The down projections, one region. */
    private void contract(int tokens, boolean inTurn) {
        products.clear();
        for (int e = 0; e < experts.length; e++) {
            if (tokensOf(e) > 0) {
                int slot = b.firstSlot[e];
                products.add(experts[e].down(), b.gate, slot, b.down, slot, tokensOf(e));
            }
        }
        if (shared != null) {
            products.add(shared.down(), b.sharedRowsGate, 0, b.sharedDown, 0, tokens);
        }
        run(inTurn);
    }

    /** Picks a token's experts. */
    private final class Choose extends RowTask {
        private final Router chooser;

        private Choose(Workers workers) {
            super(workers, spec.experts());
            this.chooser = workers.kernels().router();
        }

        @Override
        void row(int row) {
            int topK = spec.topK();
            chooser.choose(
                    b.logits.data(),
                    b.logits.row(row),
                    spec.experts(),
                    topK,
                    spec.renormalise(),
                    b.indices,
                    b.weights,
                    row * topK);
        }
    }

    /** Copies a slot's token next to the expert's other tokens. */
    private final class Gather extends RowTask {
        private final int hidden;

        private Gather(Workers workers, int hidden) {
            super(workers, hidden);
            this.hidden = hidden;
        }

        @Override
        void row(int slot) {
            F32.copy(input.data(), input.row(b.tokenOf[slot]), b.slotInput.data(), b.slotInput.row(slot), hidden);
        }
    }

    /** Adds a token's expert outputs by falling rank, then the shared expert's. */
    private final class Combine extends RowTask {
        private final Activations activations;
        private final int hidden;

        private Combine(Workers workers, int hidden) {
            super(workers, hidden * spec.topK());
            this.activations = workers.kernels().activations();
            this.hidden = hidden;
        }

        @Override
        void row(int row) {
            F32 sum = output.data();
            long at = output.row(row);
            F32.copy(b.zeros, 0, sum, at, hidden);
            for (int i = row * spec.topK(); i < (row + 1) * spec.topK(); i++) {
                activations.addScaled(sum, at, b.down.data(), b.down.row(b.slotOf[i]), b.weights[i], hidden);
            }
            if (shared != null) {
                b.sharedLogit.data().read(b.sharedLogit.row(row), b.open, row, 1);
                float open = activations.sigmoid(b.open[row]);
                activations.addScaled(sum, at, b.sharedDown.data(), b.sharedDown.row(row), open, hidden);
            }
        }
    }
}
