package dev.sluice.cpu;

import dev.sluice.kernels.Kernels;
import java.util.List;

/** The implementations that a test of the executor runs with; the plain one is the same at every vector width. */
final class TestKernels {
    private TestKernels() {}

    static List<Kernels> all() {
        return Boolean.getBoolean("sluice.test.vectorOnly")
                ? List.of(Kernels.vector())
                : List.of(Kernels.plain(), Kernels.vector());
    }
}
