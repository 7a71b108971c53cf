package dev.sluice.tools.synth;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Fills memory with seeded draws from a table of {@link NormalCodes}; the same seed gives the same bytes anywhere. */
final class RandomFill {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** Distance of successive states. */
    static final long STEP = 0x9E3779B97F4A7C15L;

    private RandomFill() {}

    /** Two-byte codes; an odd rest of up to three codes is filled too. */
    static void halves(MemorySegment out, short[] table, long seed) {
        long state = seed;
        long whole = out.byteSize() & ~7L;
        for (long at = 0; at < whole; at += 8) {
            long r = mix(state += STEP);
            out.set(LONG, at, fourHalves(table, r));
        }
        tail(out, whole, fourHalves(table, mix(state + STEP)));
    }

    private static long fourHalves(short[] table, long r) {
        return (table[(int) r & 0xFFFF] & 0xFFFFL)
                | (table[(int) (r >>> 16) & 0xFFFF] & 0xFFFFL) << 16
                | (table[(int) (r >>> 32) & 0xFFFF] & 0xFFFFL) << 32
                | (table[(int) (r >>> 48)] & 0xFFFFL) << 48;
    }

    /** One-byte codes. */
    static void bytes(MemorySegment out, byte[] table, long seed) {
        long state = seed;
        long whole = out.byteSize() & ~7L;
        for (long at = 0; at < whole; at += 8) {
            long low = fourBytes(table, mix(state += STEP));
            long high = fourBytes(table, mix(state += STEP));
            out.set(LONG, at, low | high << 32);
        }
        tail(out, whole, fourBytes(table, mix(state + STEP)) | fourBytes(table, mix(state + 2 * STEP)) << 32);
    }

    private static long fourBytes(byte[] table, long r) {
        return (table[(int) r & 0xFFFF] & 0xFFL)
                | (table[(int) (r >>> 16) & 0xFFFF] & 0xFFL) << 8
                | (table[(int) (r >>> 32) & 0xFFFF] & 0xFFL) << 16
                | (table[(int) (r >>> 48)] & 0xFFL) << 24;
    }

    /** Four-bit codes, two a byte, the first in the low half. The length must be a multiple of 4 bytes. */
    static void nibbles(MemorySegment out, byte[] table, long seed) {
        long state = seed;
        long whole = out.byteSize() & ~7L;
        for (long at = 0; at < whole; at += 8) {
            long word = 0;
            for (int part = 0; part < 64; part += 16) {
                word |= fourNibbles(table, mix(state += STEP)) << part;
            }
            out.set(LONG, at, word);
        }
        tail(out, whole, fourNibbles(table, mix(state + STEP)) | fourNibbles(table, mix(state + 2 * STEP)) << 16);
    }

    private static long fourNibbles(byte[] table, long r) {
        return (table[(int) r & 0xFFFF] & 0xFL)
                | (table[(int) (r >>> 16) & 0xFFFF] & 0xFL) << 4
                | (table[(int) (r >>> 32) & 0xFFFF] & 0xFL) << 8
                | (table[(int) (r >>> 48)] & 0xFL) << 12;
    }

    private static void tail(MemorySegment out, long from, long word) {
        for (long at = from; at < out.byteSize(); at++) {
            out.set(ValueLayout.JAVA_BYTE, at, (byte) (word >>> (8 * (at - from))));
        }
    }

    /** A 64-bit mixing function (SplitMix64's finaliser): neighbouring states give unrelated numbers. */
    static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
