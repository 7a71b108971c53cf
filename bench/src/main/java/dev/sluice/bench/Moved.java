package dev.sluice.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What the operations of a benchmark have read and computed; JMH divides both by the time. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Moved {
    /** Bytes that had to be read. */
    public double bytes;

    /** Floating-point operations, a multiply-add counted as two. */
    public double flops;

    void add(double moreBytes, double moreFlops) {
        bytes += moreBytes;
        flops += moreFlops;
    }
}
