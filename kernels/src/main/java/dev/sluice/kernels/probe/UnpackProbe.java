package dev.sluice.kernels.probe;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.ThreadTeam;
import java.lang.foreign.Arena;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How fast stored codes in the first-level cache become f32 numbers that are used once: the least that any product with
 * one vector must do. Each form is unpacked in every way that pays on some processor, and the fastest counts.
 */
public final class UnpackProbe {
    /** Stored forms of weights. */
    public enum Form {
        F32,
        BF16,
        F16,
        FP8,
        AFFINE4,
        AFFINE8
    }

    /** Bytes of codes: with what else a loop touches well inside the smallest first-level cache, 32 KiB. */
    private static final int CODES = 16 << 10;

    /** Bytes read in one timing, a few milliseconds. */
    private static final int TIMED = 128 << 20;

    private static final int WARM_UP = 3;

    private final ThreadTeam team;
    private final float[] sink;

    /** Not static: a constant would be known to the compiled loops, see {@link UnpackLoops}. */
    private final int vector = Width.BYTES;

    private final Map<Form, Double> best = new EnumMap<>(Form.class);

    /** Unpacks {@code bytes} bytes, going round in {@code size} of them, in steps of a vector's {@code step} bytes. */
    @FunctionalInterface
    interface Loop {
        float run(long codes, int size, int bytes, int step);
    }

    /** @param team all threads to use, owned by the caller */
    public UnpackProbe(ThreadTeam team) {
        this.team = team;
        this.sink = new float[16 * team.size()];
    }

    /** Bytes of codes a second on the whole team; the best of all calls with this probe. */
    public double measure(Form form) {
        int first = best.containsKey(form) ? 0 : -WARM_UP;
        double fastest = best.getOrDefault(form, 0.0);
        try (Arena arena = Arena.ofShared()) {
            long codes = codes(arena);
            for (Loop loop : loops(form)) {
                for (int round = first; round < 2; round++) {
                    long start = System.nanoTime();
                    team.run((member, members) -> sink[16 * member] += loop.run(codes, CODES, TIMED, vector));
                    double seconds = (System.nanoTime() - start) / 1e9;
                    fastest = Math.max(fastest, (double) TIMED * team.size() / seconds);
                }
            }
        }
        best.put(form, fastest);
        return fastest;
    }

    /** Numbers near one in every form: subnormal operands would be slow. */
    private static long codes(Arena arena) {
        F32 memory = F32.allocate(arena, CODES / 4);
        for (int i = 0; i < memory.size(); i++) {
            memory.set(i, Float.intBitsToFloat(0x3F383F38 + 0x01010101 * (i & 3)));
        }
        return memory.address();
    }

    private static List<Loop> loops(Form form) {
        return switch (form) {
            case F32 -> List.of(UnpackLoops::f32);
            case BF16 -> List.of(UnpackLoops::bf16);
            case F16 -> List.of(UnpackLoops::f16);
            case FP8 -> List.of(UnpackLoops::fp8Pairs, UnpackLoops::fp8Words);
            case AFFINE4 ->
                UnpackLoops.hasTable()
                        ? List.of(UnpackLoops::affine4Convert, UnpackLoops::affine4Table)
                        : List.of(UnpackLoops::affine4Convert);
            case AFFINE8 -> List.of(UnpackLoops::affine8Convert, UnpackLoops::affine8Bytes);
        };
    }
}
