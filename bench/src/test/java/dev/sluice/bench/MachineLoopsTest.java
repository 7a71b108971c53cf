package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineLoopsTest {
    private static MachineLoops loops(String... instructions) {
        return MachineLoops.of(
                List.of(instructions).stream().map(line -> "  " + line).toList());
    }

    @Test
    void spillsOfTheInnermostVectorLoopAreCounted() {
        MachineLoops loops = loops(
                "10:\tvmovups %zmm7,0x40(%rsp)",
                "18:\tmov    $0x0,%eax",
                "20:\tvmovups (%rsi,%rax,4),%zmm1",
                "28:\tvfmadd231ps 0x40(%rsp),%zmm1,%zmm2",
                "30:\tvmovups %zmm2,(%rsp)",
                "38:\tmov    0x8(%rsp),%rdi",
                "40:\tvmovss (%rsp),%xmm3",
                "48:\tcmp    %ecx,%eax",
                "50:\tjl     0x20",
                "58:\tdec    %edx",
                "60:\tjne    0x18",
                "68:\tret");
        assertThat(loops).isEqualTo(new MachineLoops(1, 7, 2, 0));
    }

    @Test
    void callsInALoopAreCountedAndLoopsWithoutVectorsAreNot() {
        MachineLoops loops = loops(
                "0:\tadd    $0x1,%eax",
                "8:\tjne    0x0", "10:\tvaddps %ymm1,%ymm2,%ymm2", "18:\tcall   0x9000", "20:\tjne    0x10");
        assertThat(loops).isEqualTo(new MachineLoops(1, 3, 0, 1));
    }

    @Test
    void codeOutOfLineThatJumpsBackIsNoLoop() {
        MachineLoops loops = loops(
                "0:\tvaddps %ymm1,%ymm2,%ymm2",
                "8:\tjmp    0x0", "10:\tjne    0x8000", "18:\tjne    0xffffffffffa82260");
        assertThat(loops).isEqualTo(new MachineLoops(0, 0, 0, 0));
    }

    @Test
    void headersOfObjdumpAreNoCode() {
        assertThat(loops("/tmp/x.bin:     file format binary", "0000000000000000 <.data>:"))
                .isEqualTo(new MachineLoops(0, 0, 0, 0));
    }
}
