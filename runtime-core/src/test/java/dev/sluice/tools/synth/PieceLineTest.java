package dev.sluice.tools.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PieceLineTest {
    private static final int MANY = 200;

    @Test
    void piecesComeInOrderWhoeverIsDoneFirst() throws IOException {
        List<Integer> seen = new ArrayList<>();
        try (PieceLine line = new PieceLine(piece -> seen.add(piece.get(ValueLayout.JAVA_INT, 0)))) {
            for (int i = 0; i < MANY; i++) {
                int number = i;
                line.add(buffer -> numbered(buffer, number, number % 3 == 0 ? 200_000 : 1));
            }
            assertThat(seen).as("buffers are few").isNotEmpty();
            line.finish();
        }
        assertThat(seen).hasSize(MANY).isSorted();
    }

    private static MemorySegment numbered(MemorySegment buffer, int number, int work) {
        for (int i = 0; i < work; i++) {
            buffer.set(ValueLayout.JAVA_INT, 0, i);
        }
        buffer.set(ValueLayout.JAVA_INT, 0, number);
        return buffer.asSlice(0, Integer.BYTES);
    }

    @Test
    void whatFailsInAThreadFailsHere() throws IOException {
        try (PieceLine line = new PieceLine(_ -> {})) {
            line.add(_ -> {
                throw new IllegalArgumentException("no such tensor");
            });
            assertThatThrownBy(line::finish).hasRootCauseMessage("no such tensor");
        }
    }

    @Test
    void aFullDiskEndsItAtOnce() throws IOException {
        try (PieceLine line = new PieceLine(_ -> {
            throw new IOException("No space left on device");
        })) {
            line.add(buffer -> numbered(buffer, 1, 1));
            line.add(buffer -> numbered(buffer, 2, 1));
            assertThatThrownBy(line::finish).isInstanceOf(IOException.class).hasMessage("No space left on device");
        }
    }
}
