package dev.sluice.cpu;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.ThreadTeam;
import java.lang.foreign.Arena;

/** Who computes: the kernels, the team, each member's scratch memory, and who fetches experts for them. */
final class Workers {
    private final Kernels kernels;
    private final ThreadTeam team;
    private final F32[] scratch;
    private final ExpertPages experts;

    /** Names of vectors that were packed into a member's scratch, a pair of cache lines apart. */
    private final long[] names;

    private static final int STRIDE = 16;

    /** @param scratchFloats what the hungriest kernel of the model needs in one thread */
    Workers(Kernels kernels, ThreadTeam team, Arena arena, long scratchFloats, ExpertPages experts) {
        this.kernels = kernels;
        this.team = team;
        this.experts = experts;
        this.scratch = new F32[team.size()];
        this.names = new long[(team.size() + 1) * STRIDE];
        for (int member = 0; member < scratch.length; member++) {
            scratch[member] = F32.allocate(arena, scratchFloats);
        }
    }

    Kernels kernels() {
        return kernels;
    }

    ExpertPages experts() {
        return experts;
    }

    int members() {
        return scratch.length;
    }

    /** Runs a region on the whole team. */
    void run(ThreadTeam.Region region) {
        team.run(region);
    }

    /** A name that no vectors have had yet in this member's scratch, see {@link dev.sluice.kernels.MatMul}. */
    long newName(int member) {
        return ++names[(member + 1) * STRIDE];
    }

    F32 scratch(int member) {
        return scratch[member];
    }
}
