package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompilerOutputTest {
    private static final String METHOD = "dev.sluice.kernels.vector.Few::row2 (300 bytes)\n";

    private static final String FIRST_TIER = """
                                      @ 1   dev.sluice.kernels.vector.Lanes::address (13 bytes)   inline
                                      @ 9   java.util.function.Supplier::get (0 bytes)   failed to inline: no static binding
            ============================= C1-compiled nmethod ==============================
            Compiled method (c1) 1005 1106       2       dev.sluice.kernels.vector.Few::row2 (300 bytes)
            [MachCode]
              0x00007f88985b6818: aaaa aaaa
            [/MachCode]
            """;

    private static final String SECOND_TIER = """
            ============================= C2-compiled nmethod ==============================
            Compiled method (c2) 2449 1262       4       %s[Constant Pool]
              0x00007f889ff35980:   0xffff0000      0xf4f4f4f4ffff0000
            [MachCode]
            [Verified Entry Point]
              # {method} {0x00007f887042fe40} 'row2' '(JJJIJ)V' in 'dev/sluice/kernels/vector/Few'
              0x00007f889ff359a0: ;   {other}
              0x00007f889ff359a0: 8984 2400 | c0fe ff

              0x00007f889ff359a7: ;   {section_word}
              0x00007f889ff359a7: 5548 81
            [Stub Code]
              0x00007f889ff359aa: e9bb
            [/MachCode]
                                          @ 1   dev.sluice.kernels.vector.Lanes::address (13 bytes)   inline (hot)
                                            @ 7   jdk.internal.misc.Unsafe::getInt (0 bytes)   (intrinsic)
                                          @ 56   jdk.incubator.vector.FloatVector::fma (40 bytes)   force inline by annotation
                                          @ 60   jdk.incubator.vector.FloatVector::add (40 bytes)   failed to inline: NodeCountInliningCutoff
                                          @ 64   jdk.incubator.vector.FloatVector::add (40 bytes)   failed to inline: NodeCountInliningCutoff
                                          @ 70   java.lang.Error::<init> (9 bytes)   failed to inline: too cold
            """.formatted(METHOD);

    private static final String LOOP_ONLY =
            SECOND_TIER.replace("1262       4", "1262 %     4").replace("8984 2400", "0000 0000");

    @Test
    void theCodeIsThatOfTheSecondCompiler() {
        assertThat(CompilerOutput.of(FIRST_TIER + SECOND_TIER).bytes())
                .containsExactly(0x89, 0x84, 0x24, 0, 0xC0, 0xFE, 0xFF, 0x55, 0x48, 0x81, 0xE9, 0xBB);
    }

    @Test
    void callsThatAreLeftAreCountedAndColdOnesAreNot() {
        assertThat(CompilerOutput.of(FIRST_TIER + SECOND_TIER + FIRST_TIER).notInlined())
                .containsExactly(
                        "failed to inline: NodeCountInliningCutoff: jdk.incubator.vector.FloatVector::add, 2 times");
    }

    @Test
    void whatReplacedARunningLoopIsLeftOut() {
        assertThat(CompilerOutput.of(LOOP_ONLY).bytes()).isEmpty();
        assertThat(CompilerOutput.of(SECOND_TIER + LOOP_ONLY).bytes()).startsWith(0x89);
    }

    @Test
    void aMethodThatWasNeverCompiledHasNoCode() {
        assertThat(CompilerOutput.of(FIRST_TIER).bytes()).isEmpty();
        assertThat(CompilerOutput.of("").notInlined()).isEmpty();
    }

    @Test
    void theBytesOfACallAreTheLastFigure() {
        assertThat(CompiledKernel.allocated(SECOND_TIER + "\nbytes a call: 64\nmore"))
                .isEqualTo("64");
        assertThat(CompiledKernel.allocated("nothing")).isEqualTo("?");
    }
}
