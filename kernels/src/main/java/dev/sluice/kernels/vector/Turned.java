package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.LaneSums.SWAP_1;
import static dev.sluice.kernels.vector.LaneSums.SWAP_2;
import static dev.sluice.kernels.vector.LaneSums.SWAP_4;
import static dev.sluice.kernels.vector.LaneSums.SWAP_8;
import static dev.sluice.kernels.vector.LaneSums.UPPER_1;
import static dev.sluice.kernels.vector.LaneSums.UPPER_2;
import static dev.sluice.kernels.vector.LaneSums.UPPER_4;
import static dev.sluice.kernels.vector.LaneSums.UPPER_8;
import static dev.sluice.kernels.vector.Lanes.ADDRESS;
import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.address;

import jdk.incubator.vector.FloatVector;

/**
 * Squares of 32-bit numbers turned, so that rows become lanes: as many rows as lanes, vector by vector. A square is turned
 * by exchanging one bit of the row's number with the same bit of the lane's, for each bit: first those above 2, four rows
 * at a time, then the lower two, again four rows at a time, which spreads the columns to where their sums are computed.
 */
final class Turned {
    /** Keeps an index small by its type, so that C2 folds its multiples into addresses. */
    static final int INDEX = 0xFFFF;

    private Turned() {}

    /**
     * Turns rows of numbers.
     *
     * @param from the first of {@code LANES} rows, {@code pitch} bytes apart
     * @param strips of two vectors each in a row
     * @param work room for the same, rows {@code workPitch} apart; {@code from} itself will do
     * @param to receives, of class {@code c} and strip {@code s}, the even columns at {@code to + c * column + s * strip}, a
     *     vector, and the odd ones a half of {@code strip} behind
     */
    static void numbers(
            long from, long pitch, int strips, long work, long workPitch, long to, long column, long strip) {
        upper(from, pitch, 2 * strips, work, workPitch);
        for (int half = 0; half < 2; half++) {
            lower(work + half * BYTES, workPitch, strips, to + half * LANES / 2 * column, strip / 2, column, strip);
        }
    }

    /** {@link #numbers} of rows that are unzipped. */
    static void unzipped(
            long from, long pitch, int strips, long work, long workPitch, long to, long column, long strip) {
        upper(from, pitch, 2 * strips, work, workPitch);
        for (int odd = 0; odd < 2; odd++) {
            lower(work + odd * BYTES, workPitch, strips, to + odd * strip / 2, column, 2 * column, strip);
        }
    }

    /** Exchanges the bits above 2, if there are any. */
    static void upper(long from, long pitch, int vectors, long to, long toPitch) {
        for (int row = 0; row < 4; row++) {
            if (LANES == 16) {
                quarters(from + row * pitch, 4 * pitch, vectors, to + row * toPitch, 4 * toPitch);
            } else if (LANES == 8) {
                halves(from + row * pitch, 4 * pitch, vectors, to + row * toPitch, 4 * toPitch);
            } else {
                copy(from + row * pitch, vectors, to + row * toPitch);
            }
        }
    }

    /** Four rows: exchanges bits 8 and 4. */
    private static void quarters(long from, long pitch, int vectors, long to, long toPitch) {
        long a0 = address(from);
        long a1 = address(from + pitch);
        long a2 = address(from + 2 * pitch);
        long a3 = address(from + 3 * pitch);
        long b0 = address(to);
        long b1 = address(to + toPitch);
        long b2 = address(to + 2 * toPitch);
        long b3 = address(to + 3 * toPitch);
        for (int i = 0; i < vectors; i++) {
            long at = (long) BYTES * (i & INDEX);
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, a0 + at, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, a1 + at, ORDER);
            FloatVector v2 = FloatVector.fromMemorySegment(F, MEMORY, a2 + at, ORDER);
            FloatVector v3 = FloatVector.fromMemorySegment(F, MEMORY, a3 + at, ORDER);
            FloatVector s0 = v0.blend(v2.rearrange(SWAP_8), UPPER_8);
            FloatVector s2 = v0.rearrange(SWAP_8).blend(v2, UPPER_8);
            FloatVector s1 = v1.blend(v3.rearrange(SWAP_8), UPPER_8);
            FloatVector s3 = v1.rearrange(SWAP_8).blend(v3, UPPER_8);
            s0.blend(s1.rearrange(SWAP_4), UPPER_4).intoMemorySegment(MEMORY, b0 + at, ORDER);
            s0.rearrange(SWAP_4).blend(s1, UPPER_4).intoMemorySegment(MEMORY, b1 + at, ORDER);
            s2.blend(s3.rearrange(SWAP_4), UPPER_4).intoMemorySegment(MEMORY, b2 + at, ORDER);
            s2.rearrange(SWAP_4).blend(s3, UPPER_4).intoMemorySegment(MEMORY, b3 + at, ORDER);
        }
    }

    /** Two rows: exchanges bit 4. */
    private static void halves(long from, long pitch, int vectors, long to, long toPitch) {
        long a0 = address(from);
        long a1 = address(from + pitch);
        long b0 = address(to);
        long b1 = address(to + toPitch);
        for (int i = 0; i < vectors; i++) {
            long at = (long) BYTES * (i & INDEX);
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, a0 + at, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, a1 + at, ORDER);
            v0.blend(v1.rearrange(SWAP_4), UPPER_4).intoMemorySegment(MEMORY, b0 + at, ORDER);
            v0.rearrange(SWAP_4).blend(v1, UPPER_4).intoMemorySegment(MEMORY, b1 + at, ORDER);
        }
    }

    private static void copy(long from, int vectors, long to) {
        long a = address(from);
        long b = address(to);
        for (int i = 0; i < vectors; i++) {
            long at = (long) BYTES * (i & INDEX);
            FloatVector.fromMemorySegment(F, MEMORY, a + at, ORDER).intoMemorySegment(MEMORY, b + at, ORDER);
        }
    }

    /**
     * Turns every second vector of the rows.
     *
     * @param one bytes from lane to lane in what is written, if the first is even; to the lane behind both it is {@code two}
     */
    private static void lower(long from, long pitch, int strips, long to, long one, long two, long strip) {
        for (int row = 0; row < LANES; row += 4) {
            lowerFour(from + row * pitch, pitch, strips, to + row / 2 * two, one, two, strip);
        }
    }

    /** Exchanges bits 2 and 1 of every second vector. */
    private static void lowerFour(long from, long pitch, int strips, long to, long one, long two, long strip) {
        long a0 = address(from);
        long a1 = address(from + pitch);
        long a2 = address(from + 2 * pitch);
        long a3 = address(from + 3 * pitch);
        long b0 = address(to);
        long b1 = address(to + one);
        long b2 = address(to + two);
        long b3 = address(to + two + one);
        long step = strip & ADDRESS;
        for (int i = 0; i < strips; i++) {
            long at = 2L * BYTES * (i & INDEX);
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, a0 + at, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, a1 + at, ORDER);
            FloatVector v2 = FloatVector.fromMemorySegment(F, MEMORY, a2 + at, ORDER);
            FloatVector v3 = FloatVector.fromMemorySegment(F, MEMORY, a3 + at, ORDER);
            FloatVector s0 = v0.blend(v2.rearrange(SWAP_2), UPPER_2);
            FloatVector s2 = v0.rearrange(SWAP_2).blend(v2, UPPER_2);
            FloatVector s1 = v1.blend(v3.rearrange(SWAP_2), UPPER_2);
            FloatVector s3 = v1.rearrange(SWAP_2).blend(v3, UPPER_2);
            s0.blend(s1.rearrange(SWAP_1), UPPER_1).intoMemorySegment(MEMORY, b0, ORDER);
            s0.rearrange(SWAP_1).blend(s1, UPPER_1).intoMemorySegment(MEMORY, b1, ORDER);
            s2.blend(s3.rearrange(SWAP_1), UPPER_1).intoMemorySegment(MEMORY, b2, ORDER);
            s2.rearrange(SWAP_1).blend(s3, UPPER_1).intoMemorySegment(MEMORY, b3, ORDER);
            b0 = (b0 + step) & ADDRESS;
            b1 = (b1 + step) & ADDRESS;
            b2 = (b2 + step) & ADDRESS;
            b3 = (b3 + step) & ADDRESS;
        }
    }
}
