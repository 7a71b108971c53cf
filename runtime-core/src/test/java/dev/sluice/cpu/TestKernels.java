package dev.sluice.cpu;

import dev.sluice.kernels.Kernels;
import java.util.List;

/** The implementations that a test of the executor runs with. */
final class TestKernels {
    private TestKernels() {}

    static List<Kernels> all() {
        return List.of(Kernels.plain(), Kernels.vector());
    }
}
