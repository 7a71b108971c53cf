package dev.sluice.bench;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Products of every stored form with one token (far beyond the caches), with few and with many. */
@State(Scope.Thread)
public class MatMulBenchmark {
    private static final int COLS = 2048;
    private static final int MANY_ROWS = 1024;
    private static final long BEYOND_CACHES = 768L << 20;
    private static final int GROUP = 64;

    /** Stored forms. */
    public enum Form {
        F32,
        BF16,
        F16,
        FP8,
        AFFINE4,
        AFFINE8
    }

    @Param
    public Form form = Form.BF16;

    @Param({"1", "4", "128"})
    public int tokens = 1;

    private final MatMul matMul = Kernels.vector().matMul();
    private final Arena arena = Arena.ofAuto();
    private Matrix matrix = new Matrix.Dense(Dtype.F32, 0, 0, arena.allocate(0));
    private Rows x = Rows.of(F32.allocate(arena, 0), 1);
    private Rows y = x;
    private F32 scratch = x.data();

    @Setup
    public void make() {
        make(tokens > 1 ? MANY_ROWS : (int) (BEYOND_CACHES / rowBytes()));
    }

    /** Operands with a matrix of so many rows. */
    void make(int rows) {
        matrix = matrix(rows);
        x = Rows.of(Numbers.floats(arena, (long) tokens * COLS), COLS);
        y = Rows.of(F32.allocate(arena, (long) tokens * matrix.rows()), matrix.rows());
        scratch = F32.allocate(arena, MatMul.scratch(COLS));
    }

    private long rowBytes() {
        return switch (form) {
            case F32 -> 4L * COLS;
            case BF16, F16 -> 2L * COLS;
            case FP8, AFFINE8 -> COLS;
            case AFFINE4 -> COLS / 2;
        };
    }

    private Matrix matrix(int rows) {
        var data = Numbers.codes(arena, rows * rowBytes());
        return switch (form) {
            case F32 -> new Matrix.Dense(Dtype.F32, rows, COLS, data);
            case BF16 -> new Matrix.Dense(Dtype.BF16, rows, COLS, data);
            case F16 -> new Matrix.Dense(Dtype.F16, rows, COLS, data);
            case FP8 ->
                new Matrix.Fp8Blocks(
                        rows,
                        COLS,
                        data,
                        Numbers.floats(arena, (long) Matrix.Fp8Blocks.blocks(rows) * Matrix.Fp8Blocks.blocks(COLS)));
            case AFFINE4 -> affine(4, rows, data);
            case AFFINE8 -> affine(8, rows, data);
        };
    }

    private Matrix affine(int bits, int rows, java.lang.foreign.MemorySegment data) {
        long numbers = 2L * rows * (COLS / GROUP);
        return new Matrix.AffineGroups(
                rows,
                COLS,
                bits,
                GROUP,
                data,
                Dtype.BF16,
                Numbers.codes(arena, numbers),
                Numbers.codes(arena, numbers));
    }

    @Benchmark
    public void multiply(Moved moved) {
        matMul.multiply(matrix, x, 0, y, 0, tokens, 0, matrix.rows(), scratch);
        moved.add((double) matrix.bytes(), 2.0 * matrix.rows() * COLS * tokens);
    }
}
