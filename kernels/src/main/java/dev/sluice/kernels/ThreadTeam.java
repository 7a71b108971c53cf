package dev.sluice.kernels;

/**
 * A fixed team of threads that runs one region at a time: the caller is member 0, the others spin, then yield, then
 * park. Regions are objects made once; {@link #run} allocates nothing.
 */
public interface ThreadTeam extends AutoCloseable {
    /** Work that every member takes part in; member {@code m} of {@code n} does its own share. */
    interface Region {
        void run(int member, int members);
    }

    /** Members, the caller included. */
    int size();

    /**
     * Runs the region on all members and returns when all are done; everything written before is visible to them and
     * everything they wrote is visible after. A member's exception is rethrown here once all have stopped. Only one
     * thread may call at a time.
     */
    void run(Region region);

    /** Ends the other threads. */
    @Override
    void close();
}
