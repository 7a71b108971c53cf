package dev.sluice.cpu;

import dev.sluice.kernels.ThreadTeam;

/**
 * A step that treats every row (token) on its own. Few floats are done by the caller alone: 8,192 floats of a norm take
 * about as long as waking the team, and a decode step has four such steps a layer.
 */
abstract class RowTask implements ThreadTeam.Region {
    private static final long WORTH_THE_TEAM = 1 << 13;

    private final Workers workers;
    private final int width;
    private int rows;

    /** @param width floats a row touches, for the decision who runs it */
    RowTask(Workers workers, int width) {
        this.workers = workers;
        this.width = width;
    }

    /** Does one row. */
    abstract void row(int row);

    /** Does rows {@code [0, rows)}. */
    final void run(int rows) {
        this.rows = rows;
        if ((long) rows * width <= WORTH_THE_TEAM) {
            run(0, 1);
        } else {
            workers.run(this);
        }
    }

    @Override
    public final void run(int member, int members) {
        int to = Bands.start(rows, member + 1, members);
        for (int row = Bands.start(rows, member, members); row < to; row++) {
            row(row);
        }
    }
}
