package dev.sluice.cpu;

import dev.sluice.kernels.F32;
import dev.sluice.models.Architecture.RopeSpec;
import dev.sluice.models.Architecture.Yarn;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Cosines and sines of the rotary embedding ({@code spec/model.md} §3.4, §7), angles in double precision, the YaRN factor
 * folded in. Grows by blocks of positions, so a promise of 262,144 positions costs nothing until they are used.
 */
final class RopeTable {
    /** A power of two. The first block is computed before the first token, by the interpreter: 5 ms for 1024 positions. */
    private static final int BLOCK = 128;

    private final Arena arena;
    private final int half;
    private final double scale;
    private final double[] frequencies;
    private final List<F32> blocks = new ArrayList<>();

    RopeTable(Arena arena, RopeSpec spec) {
        this.arena = arena;
        this.half = spec.rotaryDim() / 2;
        Yarn yarn = spec.yarn();
        this.scale = yarn == null ? 1 : yarn.attentionFactor();
        this.frequencies = yarn == null ? plain(spec) : extended(spec, yarn);
    }

    /** Angle per position of pair {@code i}: {@code theta^(-2i/rd)}. */
    private static double[] plain(RopeSpec spec) {
        double[] out = new double[spec.rotaryDim() / 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.pow(spec.theta(), -2.0 * i / spec.rotaryDim());
        }
        return out;
    }

    /** Slow pairs stretched by the factor, fast ones kept, a ramp between. */
    private static double[] extended(RopeSpec spec, Yarn yarn) {
        double[] out = plain(spec);
        double low = Math.max(Math.floor(pairThatTurns(yarn.betaFast(), spec, yarn)), 0);
        double high = Math.min(Math.ceil(pairThatTurns(yarn.betaSlow(), spec, yarn)), spec.rotaryDim() - 1);
        if (low == high) {
            high += 0.001;
        }
        for (int i = 0; i < out.length; i++) {
            double ramp = Math.clamp((i - low) / (high - low), 0, 1);
            out[i] = out[i] / yarn.factor() * ramp + out[i] * (1 - ramp);
        }
        return out;
    }

    /** The (fractional) pair that turns {@code turns} times within the original context. */
    private static double pairThatTurns(double turns, RopeSpec spec, Yarn yarn) {
        double wavelength = yarn.originalMaxPositions() / (2 * Math.PI * turns);
        return spec.rotaryDim() * Math.log(wavelength) / (2 * Math.log(spec.theta()));
    }

    /** Fills the table for positions below {@code positions}. */
    void extendTo(int positions) {
        while ((long) blocks.size() * BLOCK < positions) {
            blocks.add(block(blocks.size() * BLOCK));
        }
    }

    static long floats(RopeSpec spec, int positions) {
        return ((long) positions + BLOCK - 1) / BLOCK * BLOCK * floats(spec);
    }

    /** Floats of one position. */
    static int floats(RopeSpec spec) {
        return 2 * (spec.rotaryDim() / 2);
    }

    private F32 block(int first) {
        float[] out = new float[BLOCK * 2 * half];
        for (int p = 0; p < BLOCK; p++) {
            int at = p * 2 * half;
            for (int i = 0; i < half; i++) {
                double angle = (double) (first + p) * frequencies[i];
                out[at + i] = (float) (Math.cos(angle) * scale);
                out[at + half + i] = (float) (Math.sin(angle) * scale);
            }
        }
        return F32.copyOf(arena, out);
    }

    /** Number of pairs: half of the rotated components. */
    int half() {
        return half;
    }

    /** Buffer with the {@code half} cosines, then sines, of a position, from {@link #at} on. */
    F32 table(int position) {
        return blocks.get(position / BLOCK);
    }

    long at(int position) {
        return (long) (position % BLOCK) * 2 * half;
    }
}
