package dev.sluice.cpu;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.Attention;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.KvPages;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rope;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Weights;
import java.lang.foreign.Arena;

/**
 * Softmax attention with or without an output gate ({@code spec/model.md} §3.3). Four regions: projections; norms, rotary
 * embedding and storing, a KV head of a token a unit; attention, one tile of queries of a KV head a unit of work;
 * output projection.
 */
final class GatedAttention implements Mixer, ThreadTeam.Region {
    /** Queries of a unit: 32 share a pass over the keys, and a prompt of 64 still feeds two threads. */
    private static final int TILE = 32;

    private final int layer;
    private final MixerSpec.FullAttention spec;
    private final Weights.FullAttention weights;
    private final Workers workers;
    private final Products products;
    private final Buffers buffers;
    private final RopeTable table;
    private final float eps;
    private final Prepare prepare;
    private final Attention attention;
    private final Activations activations;
    private Pass pass;
    private int headGroups;

    /** Rows between the projections, shared by the layers of one shape. */
    record Buffers(Rows query, Rows key, Rows value, Rows output) {
        Buffers(Arena arena, int capacity, MixerSpec.FullAttention spec) {
            this(
                    Pass.rows(arena, capacity, spec.heads() * spec.queryStride()),
                    Pass.rows(arena, capacity, spec.kvHeads() * spec.headDim()),
                    Pass.rows(arena, capacity, spec.kvHeads() * spec.headDim()),
                    Pass.rows(arena, capacity, spec.heads() * spec.headDim()));
        }

        static long floats(int capacity, MixerSpec.FullAttention spec) {
            return Rows.floats(capacity, spec.heads() * spec.queryStride())
                    + 2 * Rows.floats(capacity, spec.kvHeads() * spec.headDim())
                    + Rows.floats(capacity, spec.heads() * spec.headDim());
        }
    }

    GatedAttention(
            int layer,
            MixerSpec.FullAttention spec,
            Weights.FullAttention weights,
            Workers workers,
            Products products,
            Buffers buffers,
            RopeTable table,
            Pass pass,
            float eps) {
        this.layer = layer;
        this.spec = spec;
        this.weights = weights;
        this.workers = workers;
        this.products = products;
        this.buffers = buffers;
        this.table = table;
        this.pass = pass;
        this.eps = eps;
        this.prepare = new Prepare();
        this.attention = workers.kernels().attention();
        this.activations = workers.kernels().activations();
    }

    @Override
    public void forward(Pass pass) {
        this.pass = pass;
        int tokens = pass.tokens();
        products.clear()
                .add(weights.query(), pass.input(), 0, buffers.query(), 0, tokens)
                .add(weights.key(), pass.input(), 0, buffers.key(), 0, tokens)
                .add(weights.value(), pass.input(), 0, buffers.value(), 0, tokens)
                .run();
        prepare.run(tokens * spec.kvHeads());
        headGroups = headGroups();
        workers.run(this);
        products.clear()
                .add(weights.output(), buffers.output(), 0, pass.output(), 0, tokens)
                .run();
    }

    /** Query heads of a KV head stay together, to share its keys, unless members would be idle. */
    private int headGroups() {
        int perKvHead = spec.heads() / spec.kvHeads();
        int units = tiles() * spec.kvHeads();
        for (int groups = 1; groups < perKvHead; groups++) {
            if (perKvHead % groups == 0 && units * groups >= workers.members()) {
                return groups;
            }
        }
        return perKvHead;
    }

    private int tiles() {
        int tiles = 0;
        for (int entry = 0; entry < pass.entries(); entry++) {
            tiles += tiles(pass.segment(entry));
        }
        return tiles;
    }

    private static int tiles(Segment s) {
        return (s.count() + TILE - 1) / TILE;
    }

    /** Units go round: neighbours cost about the same, while late tiles see many more keys than early ones. */
    @Override
    public void run(int member, int members) {
        int perTile = spec.kvHeads() * headGroups;
        int unit = member;
        int firstUnit = 0;
        for (int entry = 0; entry < pass.entries(); entry++) {
            Segment s = pass.segment(entry);
            int end = firstUnit + tiles(s) * perTile;
            for (; unit < end; unit += members) {
                int inEntry = unit - firstUnit;
                attend(s, inEntry / perTile, inEntry % perTile, workers.scratch(member));
            }
            firstUnit = end;
        }
    }

    private void attend(Segment s, int tile, int part, F32 scratch) {
        int kvHead = part / headGroups;
        int heads = spec.heads() / spec.kvHeads() / headGroups;
        int headFrom = part * heads;
        int start = tile * TILE;
        int first = s.first() + start;
        int tokens = Math.min(TILE, s.count() - start);
        attention.attend(
                s.sequence().cache(layer),
                kvHead,
                buffers.query(),
                spec.queryStride(),
                buffers.output(),
                first,
                tokens,
                headFrom,
                heads,
                s.position() + start,
                (float) (1 / Math.sqrt(spec.headDim())),
                scratch);
        if (spec.gated()) {
            gate(first, tokens, headFrom, heads);
        }
    }

    private void gate(int first, int tokens, int headFrom, int heads) {
        int dim = spec.headDim();
        Rows q = buffers.query();
        Rows o = buffers.output();
        for (int row = first; row < first + tokens; row++) {
            for (int head = headFrom; head < headFrom + heads; head++) {
                long gateAt = q.row(row) + (long) head * spec.queryStride() + dim;
                activations.sigmoidGate(o.data(), o.row(row) + (long) head * dim, q.data(), gateAt, dim);
            }
        }
    }

    /** Norms and rotates the queries and the key of a KV head of a token and stores its key and value. */
    private final class Prepare extends RowTask {
        /** A key goes to as many cache lines as it has floats, so that a float costs more than in a norm. */
        private static final int COST = 4;

        private final Norms norms = workers.kernels().norms();
        private final Rope rope = workers.kernels().rope();
        private final int heads = spec.heads() / spec.kvHeads();

        private Prepare() {
            super(workers, COST * (spec.heads() / spec.kvHeads() + 2) * spec.headDim());
        }

        @Override
        void row(int unit) {
            int row = unit / spec.kvHeads();
            int kvHead = unit % spec.kvHeads();
            Segment s = pass.owner(row);
            int position = s.position() + row - s.first();
            Rows q = buffers.query();
            for (int head = kvHead * heads; head < (kvHead + 1) * heads; head++) {
                normAndRotate(q.data(), q.row(row) + (long) head * spec.queryStride(), weights.queryNorm(), position);
            }
            Rows k = buffers.key();
            Rows v = buffers.value();
            KvPages kv = s.sequence().cache(layer);
            long at = (long) kvHead * spec.headDim();
            normAndRotate(k.data(), k.row(row) + at, weights.keyNorm(), position);
            attention.store(kv, kvHead, position, k.data(), k.row(row) + at, v.data(), v.row(row) + at);
        }

        private void normAndRotate(F32 x, long at, F32 weight, int position) {
            norms.rms(x, at, weight, x, at, spec.headDim(), eps);
            rope.rotate(x, at, table.table(position), table.at(position), table.half());
        }
    }
}
