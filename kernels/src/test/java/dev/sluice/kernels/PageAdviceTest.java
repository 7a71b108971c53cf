package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PageAdviceTest {
    private static final int SIZE = 1 << 20;

    @Test
    @EnabledOnOs(OS.LINUX)
    void pagesOfAMappedFileAreCountedFromTheFirstByteToTheLast(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("bytes"), new byte[SIZE]);
        PageAdvice advice = PageAdvice.ofThisSystem();
        try (FileChannel channel = FileChannel.open(file);
                Arena arena = Arena.ofConfined()) {
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, SIZE, arena);
            // offsets that are no multiple of a page, up to 64 KiB large
            MemorySegment part = all.asSlice(65_535, 65_538);
            long pages = advice.pages(part);
            assertThat(pages).isBetween(2L, 18L);
            advice.willNeed(part);
            for (long i = 0; i < SIZE; i += 4096) {
                assertThat(all.get(ValueLayout.JAVA_BYTE, i)).isZero();
            }
            assertThat(advice.resident(part)).isEqualTo(pages);
        }
    }

    @Test
    void withoutHintsNothingIsKnown() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(100_000);
            PageAdvice.NONE.willNeed(bytes);
            assertThat(PageAdvice.NONE.pages(bytes)).isZero();
            assertThat(PageAdvice.NONE.resident(bytes)).isZero();
        }
    }
}
