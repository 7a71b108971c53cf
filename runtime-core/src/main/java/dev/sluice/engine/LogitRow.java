package dev.sluice.engine;

import dev.sluice.error.ModelBrokenException;
import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row of logits, of which those blocks are copied that somebody looks at; the maxima of blocks, which come with the
 * logits, say which ones to look at.
 */
final class LogitRow {
    private static final int BLOCK = Activations.BLOCK;

    private static final byte ABSENT = 0;
    private static final byte COPIED = 1;
    private static final byte CHANGED = 2;

    private final float[] logits;
    private final float[] maxima;
    private final byte[] state;
    private @Nullable F32 source;
    private long sourceFrom;

    /** For ids {@code 0 .. size - 1}; what lies behind them in a row is not looked at. */
    LogitRow(int size) {
        logits = new float[size];
        maxima = new float[Activations.blocks(size)];
        state = new byte[maxima.length];
    }

    int size() {
        return logits.length;
    }

    /** Logits by id: those of blocks that were {@link #fetch fetched}. */
    float[] logits() {
        return logits;
    }

    /** The highest logit of each block, after {@link #scan}. */
    float[] maxima() {
        return maxima;
    }

    /**
     * Takes a row and its maxima; it must stay as it is until the id is drawn. It may be edited with {@link #set} until
     * {@link #scan}.
     */
    void load(F32 row, long from, F32 rowMaxima, long maximaFrom) {
        source = row;
        sourceFrom = from;
        copy(rowMaxima, maximaFrom, maxima, 0, maxima.length);
        Arrays.fill(state, ABSENT);
        if (logits.length % BLOCK != 0) {
            change(maxima.length - 1); // its maximum may be that of an id behind the tokenizer's
        }
    }

    private static void copy(F32 source, long from, float[] to, int at, int count) {
        MemorySegment.copy(source.segment(), ValueLayout.JAVA_FLOAT_UNALIGNED, from * Float.BYTES, to, at, count);
    }

    /** Copies a block that has not been. */
    void fetch(int block) {
        if (state[block] == ABSENT) {
            int first = block * BLOCK;
            copy(
                    Objects.requireNonNull(source),
                    sourceFrom + first,
                    logits,
                    first,
                    Math.min(BLOCK, logits.length - first));
            state[block] = COPIED;
        }
    }

    private void change(int block) {
        fetch(block);
        state[block] = CHANGED;
    }

    float logit(int id) {
        fetch(id / BLOCK);
        return logits[id];
    }

    void set(int id, double logit) {
        change(id / BLOCK);
        logits[id] = (float) logit;
    }

    /** The highest logit; refuses a row that is no distribution. */
    float scan() {
        for (int block = 0; block < maxima.length; block++) {
            if (state[block] == CHANGED) {
                maxima[block] = maximum(logits, block * BLOCK, Math.min((block + 1) * BLOCK, logits.length));
            }
        }
        float best = maximum(maxima, 0, maxima.length);
        if (!Float.isFinite(best)) {
            throw refusal(best);
        }
        return best;
    }

    /** Highest number, NaN if there is one; four chains, because each maximum waits for the one before. */
    private static float maximum(float[] numbers, int from, int to) {
        float a = Float.NEGATIVE_INFINITY;
        float b = a;
        float c = a;
        float d = a;
        int i = from;
        for (; i + 3 < to; i += 4) {
            a = Math.max(a, numbers[i]);
            b = Math.max(b, numbers[i + 1]);
            c = Math.max(c, numbers[i + 2]);
            d = Math.max(d, numbers[i + 3]);
        }
        for (; i < to; i++) {
            a = Math.max(a, numbers[i]);
        }
        return Math.max(Math.max(a, b), Math.max(c, d));
    }

    private ModelBrokenException refusal(float best) {
        int id = 0;
        while (Float.compare(logit(id), best) != 0) {
            id++;
        }
        return new ModelBrokenException("no token can be chosen: the logit of id " + id + " is " + logits[id] + " (of "
                + logits.length
                + " logits); the weights hold values that are no numbers or overflow. sluice verify names"
                + " the tensors; fetch the files again");
    }

    /** The lowest id of this logit, the highest one. */
    int idOf(float max) {
        int block = 0;
        while (maxima[block] != max) {
            block++;
        }
        fetch(block);
        int id = block * BLOCK;
        while (logits[id] != max) {
            id++;
        }
        return id;
    }
}
