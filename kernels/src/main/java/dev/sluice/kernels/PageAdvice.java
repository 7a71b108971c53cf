package dev.sluice.kernels;

import java.lang.foreign.MemorySegment;

/**
 * Hints to the operating system about the pages of a mapped file. No result depends on them: a hint that is refused or
 * unknown to the system is none.
 */
public interface PageAdvice {
    /** Asks for nothing: for weights that fit in memory, and for systems without such hints. */
    PageAdvice NONE = new PageAdvice() {
        @Override
        public void willNeed(MemorySegment bytes) {}

        @Override
        public void scattered(MemorySegment bytes) {}

        @Override
        public long pages(MemorySegment bytes) {
            return 0;
        }

        @Override
        public long resident(MemorySegment bytes) {
            return 0;
        }
    };

    /** Starts reading the bytes that are not in memory, without waiting for the disk. */
    void willNeed(MemorySegment bytes);

    /** Says that bytes beside a touched page are not wanted with it. */
    void scattered(MemorySegment bytes);

    /** Pages that the bytes lie on; 0 where the system does not tell. */
    long pages(MemorySegment bytes);

    /** How many of {@link #pages} are in memory. */
    long resident(MemorySegment bytes);

    /** Those of Linux; elsewhere {@link #NONE}. */
    static PageAdvice ofThisSystem() {
        return LinuxPages.open();
    }
}
