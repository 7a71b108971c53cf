package dev.sluice.backend;

import dev.sluice.kernels.F32;

/** Receives a sequence's recurrent states by name, for tests and for {@code verify}. */
public interface StateReader {
    /**
     * One state, row-major; the memory is valid during the call only.
     *
     * @param name {@code state.layers.3.S} ({@code [valueHeads, keyDim, valueDim]}) or {@code state.layers.3.conv}
     *     ({@code [taps - 1, channels]}, oldest row first)
     */
    void state(String name, F32 data, int... shape);
}
