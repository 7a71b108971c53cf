package dev.sluice.cpu;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.ThreadTeam;
import java.lang.foreign.Arena;

/** Who computes: the kernels, the team, and each member's scratch memory. */
final class Workers {
    private final Kernels kernels;
    private final ThreadTeam team;
    private final F32[] scratch;

    /** @param scratchFloats what the hungriest kernel of the model needs in one thread */
    Workers(Kernels kernels, ThreadTeam team, Arena arena, long scratchFloats) {
        this.kernels = kernels;
        this.team = team;
        this.scratch = new F32[team.size()];
        for (int member = 0; member < scratch.length; member++) {
            scratch[member] = F32.allocate(arena, scratchFloats);
        }
    }

    Kernels kernels() {
        return kernels;
    }

    int members() {
        return scratch.length;
    }

    /** Runs a region on the whole team. */
    void run(ThreadTeam.Region region) {
        team.run(region);
    }

    F32 scratch(int member) {
        return scratch[member];
    }
}
