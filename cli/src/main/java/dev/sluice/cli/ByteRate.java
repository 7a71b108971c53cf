package dev.sluice.cli;

import java.util.Locale;
import java.util.function.Supplier;

/** How far something is that works through bytes: {@code reading 12.00 of 80.00 GiB, 2.10 GiB/s, 32 s left}. */
final class ByteRate implements Supplier<String> {
    private final String doing;
    private final long start = System.nanoTime();
    private volatile long done;
    private volatile long total;

    ByteRate(String doing) {
        this.doing = doing;
    }

    void advance(long bytes, long of) {
        total = of;
        done = bytes;
    }

    @Override
    public String get() {
        return text(seconds());
    }

    double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    String text(double seconds) {
        if (done == 0 || seconds <= 0) {
            return doing;
        }
        double rate = done / seconds;
        return String.format(
                Locale.ROOT,
                "%s %s of %s, %s/s, %.0f s left",
                doing,
                Sizes.bytes(done),
                Sizes.bytes(total),
                Sizes.bytes((long) rate),
                Math.ceil((total - done) / rate));
    }
}
