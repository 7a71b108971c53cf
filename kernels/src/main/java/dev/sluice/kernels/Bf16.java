package dev.sluice.kernels;

/** The upper half of an f32: 8 bits of exponent, 8 of precision. */
public final class Bf16 {
    private Bf16() {}

    /** Widens; exact. */
    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Rounds to nearest, ties to even; overflow goes to infinity, NaN stays NaN. */
    public static short round(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >> 16);
    }
}
