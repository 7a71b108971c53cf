package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.MemoryBudgetException;
import org.junit.jupiter.api.Test;

class SequenceMemoryTest {
    private static final long MIB = 1 << 20;
    private final SequenceMemory memory = new SequenceMemory(512 * MIB, MIB);

    @Test
    void whatDoesNotFitIsRefusedWithWhatWould() {
        assertThatCode(() -> memory.check(512, 1024 * MIB)).doesNotThrowAnyException();
        assertThatThrownBy(() -> memory.check(513, 1024 * MIB))
                .isInstanceOf(MemoryBudgetException.class)
                .hasMessageContaining("a sequence of 513 tokens needs 1.00 GiB")
                .hasMessageContaining("512 tokens would fit");
        assertThatThrownBy(() -> memory.check(2, 512 * MIB))
                .isInstanceOf(MemoryBudgetException.class)
                .hasMessageContaining("not even one token would fit");
    }

    @Test
    void theDefaultContextTakesHalfOfWhatIsThere() {
        assertThat(memory.defaultContext(100_000, 4096 * MIB)).isEqualTo(2048 - 512);
        assertThat(memory.defaultContext(1000, 4096 * MIB)).isEqualTo(1000);
        assertThat(memory.defaultContext(100_000, Long.MAX_VALUE)).isEqualTo(SequenceMemory.DEFAULT_CONTEXT);
    }
}
