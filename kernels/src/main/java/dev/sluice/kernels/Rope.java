package dev.sluice.kernels;

/** Rotary embedding, rotate-half on the first {@code 2 * half} elements of a head ({@code spec/model.md} §3.4). */
public interface Rope {
    /**
     * Rotates pairs {@code (i, i + half)} of one head in place.
     *
     * @param cosSin {@code half} cosines at {@code tableAt}, then {@code half} sines, scaled by the YaRN factor if any
     */
    void rotate(F32 x, long xAt, F32 cosSin, long tableAt, int half);
}
