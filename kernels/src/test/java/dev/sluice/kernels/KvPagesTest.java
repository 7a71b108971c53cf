package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pages are shared while two caches agree and are a cache's own before it writes. */
class KvPagesTest {
    private static final int HEADS = 2;
    private static final int DIM = 8;

    private final Arena arena = Arena.ofConfined();
    private final PagePool pool = new PagePool(arena, KvPages.pageBytes(Dtype.F32, HEADS, DIM));
    private final KvPages pages = new KvPages(pool, Dtype.F32, HEADS, DIM);

    @AfterEach
    void close() {
        arena.close();
    }

    private static void write(KvPages kv, int token, float value) {
        kv.page(token / KvPages.PAGE).set(ValueLayout.JAVA_FLOAT, kv.valueOffset(1, token % KvPages.PAGE), value);
    }

    private static float read(KvPages kv, int token) {
        return kv.page(token / KvPages.PAGE).get(ValueLayout.JAVA_FLOAT, kv.valueOffset(1, token % KvPages.PAGE));
    }

    @Test
    void aForkSharesWholePagesAndCopiesTheOneItWrites() {
        pages.extendTo(150);
        for (int token = 0; token < 150; token++) {
            write(pages, token, token);
        }
        KvPages fork = pages.fork();
        assertThat(pool.allocated()).isEqualTo(3);

        fork.extendTo(151);
        write(fork, 150, -1);
        assertThat(pool.allocated()).isEqualTo(4);
        pages.extendTo(151);
        write(pages, 150, -2);
        assertThat(pool.allocated()).isEqualTo(4);

        assertThat(read(fork, 150)).isEqualTo(-1);
        assertThat(read(pages, 150)).isEqualTo(-2);
        for (int token = 0; token < 150; token++) {
            assertThat(read(fork, token)).isEqualTo(token);
        }
    }

    @Test
    void aForkThatGoesBackLeavesTheOriginalAlone() {
        pages.extendTo(130);
        write(pages, 10, 10);
        write(pages, 70, 70);
        KvPages fork = pages.fork();
        fork.truncate(20);
        fork.extendTo(100);
        write(fork, 70, -70);

        assertThat(read(pages, 70)).isEqualTo(70);
        assertThat(read(fork, 10)).isEqualTo(10);
        assertThat(fork.length()).isEqualTo(100);
    }

    @Test
    void pagesComeBackWithTheLastHolderAndAreCleared() {
        pages.extendTo(64);
        write(pages, 3, 3);
        KvPages fork = pages.fork();
        pages.release();
        assertThat(pool.free()).isZero();
        assertThat(read(fork, 3)).isEqualTo(3);
        fork.release();
        assertThat(pool.free()).isEqualTo(1);

        pages.extendTo(10);
        assertThat(pool.allocated()).isEqualTo(1);
        assertThat(read(pages, 3)).isZero();
    }

    @Test
    void refusesWhatItDoesNotHold() {
        pages.extendTo(5);
        assertThatThrownBy(() -> pages.truncate(6)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pages.check(HEADS, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> pages.check(0, 4, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new KvPages(pool, Dtype.BF16, HEADS, DIM)).hasMessageContaining("bytes, need");
        assertThatThrownBy(() -> new KvPages(arena, Dtype.F16, HEADS, DIM)).hasMessageContaining("F32 or BF16");
    }
}
