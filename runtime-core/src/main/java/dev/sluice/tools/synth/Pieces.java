package dev.sluice.tools.synth;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Takes the bytes of tensors in order, in pieces. */
@FunctionalInterface
interface Pieces {
    void write(MemorySegment piece) throws IOException;
}
