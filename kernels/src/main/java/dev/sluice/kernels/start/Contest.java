package dev.sluice.kernels.start;

import dev.sluice.kernels.Kernels;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One kernel of two forms: pieces of work go to both, with a clock, until the vector form has been faster than the
 * scalar one ever was {@value #WINS} times in a row, or has had {@value #TRIALS}: compiled by then, and of calls too
 * short to tell. Its pieces are what makes the JIT compile it. They get as much time as the scalar form has worked,
 * because an interpreted vector loop is a hundred times slower; a single one counts for a millisecond at most, because
 * the first loads classes, up to 60 ms, and norms and rotations would wait for their second for a thousand tokens.
 * What is seldom called gets a hundredth of the time since the kernels were loaded besides: the rotations of a decoding
 * model stayed scalar for thousands of tokens, at 92 KB of arrays each.
 *
 * <p>Threads write the sums without a lock: an addition that is lost shifts the end by one piece.
 */
final class Contest {
    private static final int WINS = 3;
    private static final int TRIALS = 2000;
    private static final long MOST = 1_000_000;

    private final VectorTier tier;
    private long scalarNanos;
    private long vectorNanos;
    private double scalarRate = Double.MAX_VALUE;
    private int wins;
    private int trials;
    private volatile boolean won;

    Contest(VectorTier tier) {
        this.tier = tier;
    }

    /** Whether the vector form is the faster one. */
    boolean won() {
        return won;
    }

    /** The kernels that get the next piece as a trial; null when it is the scalar form's. */
    @Nullable
    Kernels next() {
        Kernels vector = tier.kernels();
        return vector != null && scalarNanos > 0 && vectorNanos <= scalarNanos + tier.allowance() ? vector : null;
    }

    /** Gives a call that cannot be cut to the one whose turn it is. */
    void whole(Kernels scalar, Consumer<Kernels> call, long work) {
        Kernels vector = next();
        long start = System.nanoTime();
        call.accept(vector == null ? scalar : vector);
        long nanos = System.nanoTime() - start;
        if (vector == null) {
            scalar(nanos, work);
        } else {
            vector(nanos, work);
        }
    }

    /** Takes the time of a piece by the scalar form. */
    void scalar(long nanos, long work) {
        tier.worked(nanos);
        scalarNanos += nanos;
        scalarRate = Math.min(scalarRate, (double) nanos / Math.max(1, work));
    }

    /** Takes the time of a piece by the vector form; one without work does not win. */
    void vector(long nanos, long work) {
        vectorNanos += Math.min(nanos, MOST);
        trials++;
        wins = work > 0 && (double) nanos / work < scalarRate ? wins + 1 : 0;
        if (wins >= WINS || trials >= TRIALS) {
            won = true;
        }
    }
}
