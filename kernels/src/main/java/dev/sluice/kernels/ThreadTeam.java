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
     *
     * @throws IllegalStateException if a region is running already (a second caller, or a region that opens another)
     *     or the team is closed
     */
    void run(Region region);

    /** Waits for a running region, then ends the other threads. May be called again. */
    @Override
    void close();

    /** Starts a team of {@code size} members; {@code size - 1} daemon threads that live until {@link #close}. */
    static ThreadTeam of(int size) {
        return new SpinTeam(size);
    }

    /**
     * Physical cores that affinity and the cgroup quota leave to this process. The second thread of a core adds nothing
     * to matrix loops and costs decode speed.
     */
    static int defaultSize() {
        return CpuTopology.ofThisMachine().allowedCores();
    }
}
