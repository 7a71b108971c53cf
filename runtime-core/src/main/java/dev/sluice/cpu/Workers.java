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

    /** @param scratchFloats what the hungriest kernel of the model needs in one thread */
    Workers(Kernels kernels, ThreadTeam team, Arena arena, long scratchFloats, ExpertPages experts) {
        this.kernels = kernels;
        this.team = team;
        this.experts = experts;
        this.scratch = new F32[team.size()];
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

    F32 scratch(int member) {
        return scratch[member];
    }
}
