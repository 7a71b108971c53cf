package dev.sluice.cpu;

import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.StepResult;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.util.Arrays;

/** The rows of a step that the caller asked for: gathers them, runs the output head on them, and hands them out. */
final class CpuResult implements StepResult, AutoCloseable {
    private final Matrix head;
    private Buffers buffers;
    private Rows hidden;
    private Answer[] answers = new Answer[0];
    private int entries;
    private int tokens;
    private int wanted;
    private boolean allHidden;
    private boolean keptWanted;

    /** One entry's rows in the pass and in the logits. Reused from step to step. */
    private static final class Answer {
        private Want want = Want.NOTHING;
        private int count;
        private int firstRow;
        private int firstLogits;
    }

    /** The head's input and output, for up to {@code capacity} rows. */
    private static final class Buffers {
        private final Arena arena = Arena.ofShared();
        private final int capacity;
        private final Rows gathered;
        private final Rows logits;
        private final Rows maxima;

        /** Where {@link #argmax} looks for the highest: the maxima of a row, then a block of it. */
        private final float[] ranked;

        private Buffers(int capacity, Matrix head) {
            this.capacity = capacity;
            this.gathered = Pass.rows(arena, capacity, head.cols());
            this.logits = Pass.rows(arena, capacity, head.rows());
            int blocks = Activations.blocks(head.rows());
            this.maxima = Pass.rows(arena, capacity, blocks);
            this.ranked = new float[Math.max(blocks, Activations.BLOCK)];
        }
    }

    /** Floats for the answer to one row, with a head of {@code vocabulary} rows. */
    static long floats(int hidden, int vocabulary) {
        return Rows.floats(1, hidden) + Rows.floats(1, vocabulary) + Rows.floats(1, Activations.blocks(vocabulary));
    }

    CpuResult(Matrix head) {
        this.head = head;
        this.buffers = new Buffers(1, head);
        this.hidden = buffers.gathered;
    }

    long bytes() {
        return Float.BYTES
                * (buffers.gathered.data().size()
                        + buffers.logits.data().size()
                        + buffers.maxima.data().size());
    }

    void begin() {
        entries = 0;
        tokens = 0;
        wanted = 0;
        allHidden = false;
        keptWanted = false;
    }

    /** Adds an entry of {@code count} rows of the pass. */
    void add(int count, Want want) {
        if (entries == answers.length) {
            answers = Arrays.copyOf(answers, 2 * entries + 1);
            for (int i = entries; i < answers.length; i++) {
                answers[i] = new Answer();
            }
        }
        Answer answer = answers[entries++];
        answer.want = want;
        answer.count = count;
        answer.firstRow = tokens;
        answer.firstLogits = wanted;
        tokens += count;
        allHidden |= want == Want.HIDDEN_AND_LAST;
        wanted += switch (want) {
            case NOTHING -> 0;
            case LAST, HIDDEN_AND_LAST -> 1;
            case ALL -> count;
        };
    }

    /** Makes room for the rows asked for. */
    void reserve() {
        Buffers old = buffers;
        if (wanted > old.capacity) {
            buffers = new Buffers(Math.max(wanted, 2 * old.capacity), head);
            hidden = buffers.gathered;
            old.arena.close();
        }
    }

    /** Leaves only the rows asked for in the pass, unless hidden vectors of others are, or somebody hears all. */
    void keepWanted(Pass pass) {
        if (wanted == tokens || allHidden || pass.heard()) {
            return;
        }
        gather(pass.hidden(), pass.hidden());
        pass.keep(wanted);
        keptWanted = true;
    }

    /** Runs the head on the rows asked for, all in one product so that its weights pass once. */
    void compute(Rows finalHidden, Products products) {
        hidden = finalHidden;
        if (wanted == 0) {
            return;
        }
        Rows x = finalHidden;
        if (wanted < tokens && !keptWanted) {
            gather(finalHidden, buffers.gathered);
            x = buffers.gathered;
        }
        products.clear()
                .addWithMaxima(head, x, 0, buffers.logits, 0, wanted, buffers.maxima)
                .run();
    }

    /** Copies the rows asked for, one behind the other. No row moves towards the end, so both may be the same. */
    private void gather(Rows from, Rows to) {
        for (int entry = 0; entry < entries; entry++) {
            Answer answer = answers[entry];
            int end = entry + 1 < entries ? answers[entry + 1].firstLogits : wanted;
            int rows = end - answer.firstLogits;
            for (int i = 0; i < rows; i++) {
                long row = from.row(answer.firstRow + answer.count - rows + i);
                F32.copy(from.data(), row, to.data(), to.row(answer.firstLogits + i), head.cols());
            }
        }
    }

    @Override
    public int argmax(int entry, int row) {
        F32 logits = buffers.logits.data();
        long at = logitsAt(entry, row);
        float[] ranked = buffers.ranked;
        int blocks = Activations.blocks(head.rows());
        buffers.maxima.data().read(maximaAt(entry, row), ranked, 0, blocks);
        for (int block = 0; block < blocks; block++) {
            if (Float.isNaN(ranked[block])) { // such a block may hold the highest number as well
                return highest(logits.toArray(at, head.rows()), head.rows());
            }
        }
        int first = highest(ranked, blocks) * Activations.BLOCK;
        int count = Math.min(Activations.BLOCK, head.rows() - first);
        logits.read(at + first, ranked, 0, count);
        return first + highest(ranked, count);
    }

    /** Index of the highest of the first {@code n} numbers, the first among equals. */
    private static int highest(float[] data, int n) {
        int best = 0;
        float highest = data[0];
        for (int i = 1; i < n; i++) {
            float value = data[i];
            if (value > highest) {
                highest = value;
                best = i;
            }
        }
        return best;
    }

    @Override
    public F32 logits(int entry, int row) {
        rowOf(entry, row);
        return buffers.logits.data();
    }

    @Override
    public long logitsAt(int entry, int row) {
        return buffers.logits.row(rowOf(entry, row));
    }

    @Override
    public F32 maxima(int entry, int row) {
        rowOf(entry, row);
        return buffers.maxima.data();
    }

    @Override
    public long maximaAt(int entry, int row) {
        return buffers.maxima.row(rowOf(entry, row));
    }

    /** Which of the rows of logits it is. */
    private int rowOf(int entry, int row) {
        Answer answer = answer(entry, row);
        boolean last = row == answer.count - 1;
        if (answer.want == Want.NOTHING || (answer.want != Want.ALL && !last)) {
            throw unwanted("logits", entry, row);
        }
        return answer.firstLogits + (answer.want == Want.ALL ? row : 0);
    }

    @Override
    public Rows hidden(int entry, int first) {
        Answer answer = answer(entry, first);
        boolean last = first == answer.count - 1;
        if (answer.want == Want.NOTHING || (answer.want == Want.LAST && !last)) {
            throw unwanted("the hidden vector", entry, first);
        }
        int row = keptWanted ? rowOf(entry, first) : answer.firstRow + first;
        return new Rows(hidden.data(), hidden.row(row), hidden.stride());
    }

    private Answer answer(int entry, int row) {
        if (entry < 0 || entry >= entries || row < 0 || row >= answers[entry].count) {
            throw new InvalidRequestException("this step has no row " + row + " of entry " + entry + "; it had "
                    + entries + " entries and " + tokens + " tokens");
        }
        return answers[entry];
    }

    private InvalidRequestException unwanted(String what, int entry, int row) {
        return new InvalidRequestException("the batch did not ask for " + what + " of row " + row + " of entry " + entry
                + " (Batch.Want." + answers[entry].want + ")");
    }

    @Override
    public void close() {
        buffers.arena.close();
    }
}
