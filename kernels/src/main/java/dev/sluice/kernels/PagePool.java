package dev.sluice.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Pages of one size for many {@link KvPages}. A page may be shared by sequences that agree on all its tokens; it is
 * free again when the last of them gives it back. Memory goes back to the system with the arena only, so a long
 * sequence that ends leaves its pages to the next one.
 *
 * <p>Not thread safe: the engine thread's.
 */
public final class PagePool {
    private final Arena arena;
    private final long pageBytes;
    private final Deque<Page> free = new ArrayDeque<>();
    private int allocated;

    /** A page and the number of sequences that hold it. */
    static final class Page {
        private final MemorySegment memory;
        private int holders;

        private Page(MemorySegment memory) {
            this.memory = memory;
        }

        MemorySegment memory() {
            return memory;
        }

        boolean shared() {
            return holders > 1;
        }
    }

    /** @param arena owner of all pages */
    public PagePool(Arena arena, long pageBytes) {
        this.arena = arena;
        this.pageBytes = pageBytes;
    }

    public long pageBytes() {
        return pageBytes;
    }

    /** Pages allocated so far, free ones too. */
    public int allocated() {
        return allocated;
    }

    /** Pages that nobody holds. */
    public int free() {
        return free.size();
    }

    boolean isAlive() {
        return arena.scope().isAlive();
    }

    /** A page of zeros for one holder. */
    Page take() {
        Page page = free.poll();
        if (page == null) {
            page = new Page(arena.allocate(pageBytes, F32.ALIGNMENT));
            allocated++;
        } else {
            page.memory.fill((byte) 0);
        }
        page.holders = 1;
        return page;
    }

    Page share(Page page) {
        page.holders++;
        return page;
    }

    void giveBack(Page page) {
        page.holders--;
        if (page.holders == 0) {
            free.push(page);
        }
    }
}
