package dev.sluice.cpu;

/** The rows of a pass that belong to one sequence. Reused from pass to pass. */
final class Segment {
    private CpuSequence sequence;
    private int first;
    private int count;
    private int position;
    private boolean draft;

    Segment(CpuSequence sequence) {
        this.sequence = sequence;
    }

    void set(CpuSequence sequence, int first, int count, int position, boolean draft) {
        this.sequence = sequence;
        this.first = first;
        this.count = count;
        this.position = position;
        this.draft = draft;
    }

    CpuSequence sequence() {
        return sequence;
    }

    /** First row. */
    int first() {
        return first;
    }

    /** Number of rows. */
    int count() {
        return count;
    }

    /** Absolute position of the first row. */
    int position() {
        return position;
    }

    /** Whether recurrent states stay as they are until the sequence commits. */
    boolean draft() {
        return draft;
    }
}
