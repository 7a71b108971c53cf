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
    void tokensInSoManyBytes() {
        assertThat(memory.tokensIn(1024 * MIB)).isEqualTo(512);
        assertThat(memory.tokensIn(512 * MIB)).isZero();
        assertThat(memory.tokensIn(-1)).isZero();
        assertThat(new SequenceMemory(MIB, 0).tokensIn(2 * MIB)).isEqualTo(Long.MAX_VALUE);
    }
}
