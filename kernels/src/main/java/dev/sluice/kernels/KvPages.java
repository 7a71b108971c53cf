package dev.sluice.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Keys and values of one attention layer and one sequence, in pages of {@link #PAGE} tokens. A page holds
 * {@code [kvHeads][headDim][PAGE]} keys, then {@code [kvHeads][PAGE][headDim]} values, in the cache type (F32 or BF16).
 * Keys lie transposed so that lanes run along the keys of a page and a score is no sum across lanes. K and V are rounded
 * to the type when they are appended, and attention reads only what was appended, so a chunk sees what later tokens see.
 *
 * <p>Not thread safe; grown by the engine thread between parallel regions. Memory belongs to the arena given.
 */
public final class KvPages {
    /** Tokens of a page and of one step of the online softmax: splits happen at these borders only. */
    public static final int PAGE = 64;

    private final Arena arena;
    private final Dtype type;
    private final int kvHeads;
    private final int headDim;
    private final List<MemorySegment> pages = new ArrayList<>();
    private int length;

    public KvPages(Arena arena, Dtype type, int kvHeads, int headDim) {
        if (type != Dtype.F32 && type != Dtype.BF16) {
            throw new IllegalArgumentException("the KV cache holds F32 or BF16, not " + type);
        }
        this.arena = arena;
        this.type = type;
        this.kvHeads = kvHeads;
        this.headDim = headDim;
    }

    public Dtype type() {
        return type;
    }

    public int kvHeads() {
        return kvHeads;
    }

    public int headDim() {
        return headDim;
    }

    /** Tokens held. */
    public int length() {
        return length;
    }

    /** Makes room for {@code tokens} in all and sets the length; new places hold zeros until stored. */
    public void extendTo(int tokens) {
        while ((long) pages.size() * PAGE < tokens) {
            pages.add(arena.allocate(pageBytes(), F32.ALIGNMENT));
        }
        length = tokens;
    }

    /** Forgets everything from {@code tokens} on; pages are kept for reuse. */
    public void truncate(int tokens) {
        if (tokens > length) {
            throw new IllegalArgumentException("cannot truncate " + length + " tokens to " + tokens);
        }
        length = tokens;
    }

    /** Throws unless the head exists, the memory is alive and the positions are held; kernels call it once a call. */
    public void check(int head, int position, int tokens) {
        Objects.checkIndex(head, kvHeads);
        Objects.checkFromIndexSize(position, tokens, length);
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the memory of this KV cache is closed");
        }
    }

    /** Bytes of all pages allocated. */
    public long bytes() {
        return pages.size() * pageBytes();
    }

    /** Bytes of one page: keys and values. */
    public long pageBytes() {
        return 2 * type.bytes((long) kvHeads * PAGE * headDim);
    }

    public int pages() {
        return pages.size();
    }

    /** Page {@code index}, for storing, snapshots and kernels. */
    public MemorySegment page(int index) {
        return pages.get(index);
    }

    /** Byte offset in its page of element {@code i} of the key of {@code token} (counted in the page) for {@code head}. */
    public long keyOffset(int head, int token, int i) {
        return type.bytes(((long) head * headDim + i) * PAGE + token);
    }

    /** Byte offset in its page of the value of {@code token} (counted in the page) for {@code head}. */
    public long valueOffset(int head, int token) {
        return pageBytes() / 2 + type.bytes(((long) head * PAGE + token) * headDim);
    }
}
