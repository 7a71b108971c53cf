package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ContextChoiceTest {
    private static final long KIB = 1 << 10;
    private static final long GIB = 1 << 30;

    /** A state of 1 GiB and 32 KiB a token: 262,144 tokens take 8 GiB. */
    private final SequenceMemory memory = new SequenceMemory(GIB, 32 * KIB);

    @Test
    void allThatTheModelWasMadeForWhereItFits() {
        ContextChoice choice = ContextChoice.of(memory, 262_144, 4 * GIB, 16 * GIB);
        assertThat(choice.tokens()).isEqualTo(262_144);
        assertThat(choice.note()).isEmpty();
        assertThat(ContextChoice.of(memory, 1_010_000, 4 * GIB, Long.MAX_VALUE).tokens())
                .isEqualTo(1_010_000);
    }

    /** A sixteenth of the memory stays free, so 12.5 - 0.78 - 4 - 1 GiB are left for tokens. */
    @Test
    void whatFitsBesideTheWeightsIsSaidWithBothFigures() {
        ContextChoice choice = ContextChoice.of(memory, 262_144, 4 * GIB, 25 * GIB / 2);
        assertThat(choice.tokens()).isEqualTo(220_160);
        assertThat(memory.bytes(choice.tokens()) + 4 * GIB).isLessThanOrEqualTo(25 * GIB / 2 * 15 / 16);
        assertThat(choice.note().orElseThrow())
                .contains("220,160 tokens of the 262,144", "would take 13.00 GiB", "11.72 GiB of memory", "-c");
    }

    @Test
    void aModelLargerThanMemoryKeepsAContextToWorkWith() {
        assertThat(ContextChoice.of(memory, 262_144, 80 * GIB, 16 * GIB).tokens())
                .isEqualTo(ContextChoice.LEAST);
        assertThat(ContextChoice.of(memory, 20_000, 80 * GIB, 16 * GIB).tokens())
                .isEqualTo(20_000);
        // half of 3.75 GiB less the state
        assertThat(ContextChoice.of(memory, 262_144, 80 * GIB, 4 * GIB).tokens())
                .isEqualTo(28_672);
    }

    @Test
    void noTokenWhereNotEvenTheStatesFit() {
        assertThat(ContextChoice.of(memory, 262_144, 80 * GIB, GIB).tokens()).isZero();
        assertThat(ContextChoice.of(memory, 262_144, 0, 0).tokens()).isZero();
    }

    /** Layers that keep a state only do not grow with the text. */
    @Test
    void withoutAttentionTheContextIsTheModels() {
        assertThat(ContextChoice.of(new SequenceMemory(GIB, 0), 262_144, GIB, 8 * GIB)
                        .tokens())
                .isEqualTo(262_144);
    }
}
