package dev.sluice.cpu;

/** Equal contiguous shares. */
final class Bands {
    private Bands() {}

    /** First of {@code n} items that member {@code member} of {@code members} takes; its last is the next one's first. */
    static int start(int n, int member, int members) {
        return (int) ((long) n * member / members);
    }
}
