package dev.sluice.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class PrefetchTest {
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void hintsAreGivenOnLinuxOnX86() {
        assertThat(Prefetch.available()).isTrue();
    }

    @Test
    void memoryStaysAsItIs() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(1 << 16, 64);
            for (long i = 0; i < bytes.byteSize(); i++) {
                bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31));
            }
            for (int streams = 1; streams <= 6; streams++) {
                Prefetch.lines(bytes.address() + streams, 8192, 512, streams);
                Prefetch.fourOfFour(bytes.address() + streams, 8192);
            }
            for (long i = 0; i < bytes.byteSize(); i++) {
                assertThat(bytes.get(ValueLayout.JAVA_BYTE, i)).isEqualTo((byte) (i * 31));
            }
        }
    }

    /** Streams run past the end of a mapping, and the last one of a file ends there. */
    @Test
    void addressesThatAreNotMappedAreNoFault() {
        assertThatCode(() -> {
                    Prefetch.lines(0, 0, 64, 1);
                    Prefetch.lines(0, 4096, 512, 8);
                    Prefetch.lines(-64, 0, 64, 1);
                    Prefetch.lines(Long.MAX_VALUE - 1024, 64, 512, 3);
                    Prefetch.lines(Long.MIN_VALUE, 1, 1, 1);
                    Prefetch.fourOfFour(0, 0);
                    Prefetch.fourOfFour(-64, 4096);
                    Prefetch.fourOfFour(Long.MAX_VALUE - 1024, 512);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void noBytesAreOneLineAndEnd() {
        assertThatCode(() -> Prefetch.lines(4096, 64, 0, 4)).doesNotThrowAnyException();
    }

    @Test
    void aHintAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            Prefetch.lines(i, 64, 512, 4);
            Prefetch.fourOfFour(i, 64);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            Prefetch.lines(i, 64, 512, 4);
            Prefetch.fourOfFour(i, 64);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }
}
