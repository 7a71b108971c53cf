package dev.sluice.cpu;

import dev.sluice.backend.TapListener;
import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its way through the layers: which rows belong to whom, and the three buffers that every layer shares, each
 * {@code [tokens, hiddenSize]}.
 */
final class Pass {
    private final Rows hidden;
    private final Rows input;
    private final Rows output;
    private final int hiddenSize;
    private final NormTask norm;
    private final AddTask add;
    private final Segment[] owner;
    private Segment[] segments = new Segment[0];
    private int entries;
    private int tokens;
    private @Nullable TapListener listener;

    Pass(Workers workers, Arena arena, int capacity, int hiddenSize, float eps) {
        this.hiddenSize = hiddenSize;
        this.hidden = rows(arena, capacity, hiddenSize);
        this.input = rows(arena, capacity, hiddenSize);
        this.output = rows(arena, capacity, hiddenSize);
        this.owner = new Segment[capacity];
        this.norm = new NormTask(workers, hidden, input, hiddenSize, eps);
        this.add = new AddTask(workers, hidden, output, hiddenSize);
    }

    static long floats(int capacity, int hiddenSize) {
        return 3 * Rows.floats(capacity, hiddenSize);
    }

    static Rows rows(Arena arena, int tokens, int width) {
        return Rows.allocate(arena, tokens, width);
    }

    /** Starts anew; {@code listener} hears this pass. */
    void begin(@Nullable TapListener listener) {
        this.listener = listener;
        entries = 0;
        tokens = 0;
    }

    /** Adds {@code count} rows of a sequence, the first at absolute position {@code position}. */
    void add(CpuSequence sequence, int count, int position, boolean draft) {
        if (entries == segments.length) {
            segments = Arrays.copyOf(segments, 2 * entries + 1);
            for (int i = entries; i < segments.length; i++) {
                segments[i] = new Segment(sequence);
            }
        }
        Segment segment = segments[entries++];
        segment.set(sequence, tokens, count, position, draft);
        Arrays.fill(owner, tokens, tokens + count, segment);
        tokens += count;
    }

    int tokens() {
        return tokens;
    }

    int entries() {
        return entries;
    }

    Segment segment(int entry) {
        return segments[entry];
    }

    Segment owner(int row) {
        return owner[row];
    }

    /** The residual stream. */
    Rows hidden() {
        return hidden;
    }

    /** What a block reads: the normed stream. */
    Rows input() {
        return input;
    }

    /** What a block writes, before it joins the stream. */
    Rows output() {
        return output;
    }

    /** {@code input = rms(hidden) * weight}. */
    void norm(F32 weight) {
        norm.weight = weight;
        norm.run(tokens);
    }

    /** {@code hidden += output}. */
    void add() {
        add.run(tokens);
    }

    /** Whether somebody hears all rows of this pass. */
    boolean heard() {
        return listener != null;
    }

    /** Only the first {@code tokens} rows go on; entries no longer say whose they are. */
    void keep(int tokens) {
        this.tokens = tokens;
    }

    /** Shows rows of {@code hiddenSize} floats to the listener, entry by entry. */
    void tap(String name, Rows rows) {
        if (listener == null) {
            return;
        }
        for (int entry = 0; entry < entries; entry++) {
            Segment s = segments[entry];
            listener.rows(name, entry, s.position(), rows, s.first(), s.count(), hiddenSize);
        }
    }

    /** Shows the experts chosen for each row. */
    void tapRouter(String layer, int[] indices, float[] weights, int topK) {
        if (listener == null) {
            return;
        }
        for (int entry = 0; entry < entries; entry++) {
            Segment s = segments[entry];
            listener.router(layer, entry, s.position(), indices, weights, s.first() * topK, s.count(), topK);
        }
    }

    private static final class NormTask extends RowTask {
        private final Norms norms;
        private final Rows from;
        private final Rows to;
        private final int width;
        private final float eps;
        private F32 weight;

        private NormTask(Workers workers, Rows from, Rows to, int width, float eps) {
            super(workers, width);
            this.norms = workers.kernels().norms();
            this.from = from;
            this.to = to;
            this.width = width;
            this.eps = eps;
            this.weight = from.data();
        }

        @Override
        void row(int row) {
            norms.rms(from.data(), from.row(row), weight, to.data(), to.row(row), width, eps);
        }
    }

    private static final class AddTask extends RowTask {
        private final Activations activations;
        private final Rows sum;
        private final Rows term;
        private final int width;

        private AddTask(Workers workers, Rows sum, Rows term, int width) {
            super(workers, width);
            this.activations = workers.kernels().activations();
            this.sum = sum;
            this.term = term;
            this.width = width;
        }

        @Override
        void row(int row) {
            activations.add(sum.data(), sum.row(row), term.data(), term.row(row), width);
        }
    }
}
