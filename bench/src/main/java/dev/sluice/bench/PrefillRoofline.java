package dev.sluice.bench;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.kernels.probe.FmaProbe;
import dev.sluice.kernels.probe.NativeProbe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Products with many tokens against the peak of f32 multiply-adds, and what the promised order of sums costs: the same
 * f32 matrix by {@link OuterProduct}, which need not add across lanes. Where they run, products in C with BF16 activations
 * against the peak of {@code vdpbf16ps}.
 */
public final class PrefillRoofline {
    private static final int ROWS = 2048;
    private static final int COLS = 2048;
    private static final int TOKENS = 516;
    private static final String PAIRS = "vdpbf16ps peak";

    private PrefillRoofline() {}

    public static void main(String[] args) {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 15;
        Map<String, Double> best = new LinkedHashMap<>();
        Kernels kernels = Kernels.vector();
        try (Arena arena = Arena.ofShared();
                ThreadTeam team = ThreadTeam.of(ThreadTeam.defaultSize())) {
            F32 x = noise(arena, (long) TOKENS * COLS);
            Rows in = Rows.allocate(arena, TOKENS, COLS);
            for (int t = 0; t < TOKENS; t++) {
                MemorySegment.copy(x.segment(), 4L * t * COLS, in.data().segment(), 4 * in.row(t), 4L * COLS);
            }
            F32 y = F32.allocate(arena, (long) TOKENS * ROWS);
            Map<String, Matrix> matrices = matrices(arena);
            FmaProbe fma = new FmaProbe(team);
            boolean bf16 = Kernels.refusal(NativeTier.BF16).isEmpty();
            NativeProbe pairs = bf16 ? new NativeProbe(team, NativeTier.BF16) : null;
            for (int round = 0; round < rounds; round++) {
                best.merge("fma peak", fma.measure() / 1e9, Math::max);
                for (var entry : matrices.entrySet()) {
                    best.merge(
                            "dot form " + entry.getKey(),
                            multiply(kernels, entry.getValue(), in, y, team, arena),
                            Math::max);
                }
                F32 panels = F32.of(Objects.requireNonNull(matrices.get("F32")).data());
                best.merge("outer product F32, packed before", outer(panels, x, y, team), Math::max);
                if (pairs != null) {
                    best.merge(PAIRS, pairs.measure() / 1e9, Math::max);
                    for (String form : List.of("BF16", "FP8")) {
                        Matrix matrix = Objects.requireNonNull(matrices.get(form));
                        best.merge(
                                "in C " + form,
                                multiply(Kernels.inC(NativeTier.BF16), matrix, in, y, team, arena),
                                Math::max);
                    }
                }
            }
            System.out.printf(
                    "%s, %d threads, %d x %d with %d tokens, best of %d%n",
                    kernels.name(), team.size(), ROWS, COLS, TOKENS, rounds);
        }
        best.forEach((name, rate) -> {
            String limit = name.equals(PAIRS) || name.startsWith("in C") ? PAIRS : "fma peak";
            double peak = Objects.requireNonNull(best.get(limit));
            System.out.printf("%-34s %7.1f GFLOP/s  %3.0f %% of %s%n", name, rate, 100 * rate / peak, limit);
        });
    }

    private static Map<String, Matrix> matrices(Arena arena) {
        Map<String, Matrix> out = new LinkedHashMap<>();
        F32 weights = noise(arena, (long) ROWS * COLS);
        out.put("F32", new Matrix.Dense(Dtype.F32, ROWS, COLS, weights.segment()));
        MemorySegment halves = arena.allocate(2L * ROWS * COLS, 64);
        for (long i = 0; i < (long) ROWS * COLS; i++) {
            halves.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(weights.get(i)) >>> 16));
        }
        out.put("BF16", new Matrix.Dense(Dtype.BF16, ROWS, COLS, halves));
        MemorySegment codes = arena.allocate((long) ROWS * COLS, 64);
        for (long i = 0; i < (long) ROWS * COLS; i++) {
            codes.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 & 0xE7 | 0x10));
        }
        F32 scales = noise(arena, (long) ROWS / 128 * (COLS / 128));
        out.put("FP8", new Matrix.Fp8Blocks(ROWS, COLS, codes, scales));
        return out;
    }

    private static F32 noise(Arena arena, long size) {
        F32 out = F32.allocate(arena, size);
        for (long i = 0; i < size; i++) {
            out.set(i, (float) Math.sin(i * 0.37));
        }
        return out;
    }

    private static double multiply(Kernels kernels, Matrix w, Rows in, F32 y, ThreadTeam team, Arena arena) {
        F32[] scratch = new F32[team.size()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = F32.allocate(arena, MatMul.scratch(COLS));
        }
        Rows result = Rows.of(y, ROWS);
        return rate(
                team,
                (member, members) -> kernels.matMul()
                        .multiply(
                                w,
                                in,
                                0,
                                result,
                                0,
                                TOKENS,
                                ROWS / members * member,
                                ROWS / members * (member + 1),
                                scratch[member]));
    }

    private static double outer(F32 panels, F32 x, F32 y, ThreadTeam team) {
        int count = ROWS / OuterProduct.PANEL;
        return rate(
                team,
                (member, members) -> OuterProduct.multiply(
                        panels, COLS, x, y, ROWS, TOKENS, count / members * member, count / members * (member + 1)));
    }

    private static double rate(ThreadTeam team, ThreadTeam.Region region) {
        long start = System.nanoTime();
        team.run(region);
        return 2.0 * ROWS * COLS * TOKENS / (System.nanoTime() - start);
    }
}
