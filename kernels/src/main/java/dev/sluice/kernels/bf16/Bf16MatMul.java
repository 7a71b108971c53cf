package dev.sluice.kernels.bf16;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * {@link MatMul} with activations rounded to BF16 and {@code vdpbf16ps}, for BF16, FP8-block and affine weights; the
 * others go to exact kernels.
 *
 * <p><b>Order of the sum.</b> Lane {@code l} of 16 takes the pairs of columns {@code (2l, 2l + 1) mod 32}, ascending;
 * the lanes are added by halves. Weights with scales are summed block by block so, and the sum of a block is multiplied
 * by its scale and added; biases come first. As in {@link MatMul} the order depends on columns and form only.
 */
final class Bf16MatMul implements MatMul {
    private static final MethodHandle MULTIPLY = NativeLibrary.function("sluice_bf16_multiply", null, 16);

    /** Numbers of the forms and of the types of scales, as {@code bf16.c} has them. */
    private static final long BF16 = 0;

    private static final long FP8_BLOCKS = 1;

    private final MatMul exact;

    Bf16MatMul(MatMul exact) {
        this.exact = exact;
    }

    @Override
    public void multiply(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        if (!takes(w)) {
            exact.multiply(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
            return;
        }
        MatMul.check(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
        try {
            switch (w) {
                case Matrix.Dense _ -> call(BF16, w, 0, 0, 0, 0, x, xFirst, y, yFirst, tokens, from, to, scratch);
                case Matrix.Fp8Blocks blocks ->
                    call(
                            FP8_BLOCKS,
                            w,
                            Matrix.Fp8Blocks.BLOCK,
                            0,
                            blocks.scales().address(),
                            0,
                            x,
                            xFirst,
                            y,
                            yFirst,
                            tokens,
                            from,
                            to,
                            scratch);
                case Matrix.AffineGroups groups ->
                    call(
                            groups.bits(),
                            w,
                            groups.group(),
                            scaleType(groups.scaleType()),
                            groups.scales().address(),
                            groups.biases().address(),
                            x,
                            xFirst,
                            y,
                            yFirst,
                            tokens,
                            from,
                            to,
                            scratch);
            }
        } finally {
            Reference.reachabilityFence(w);
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
            Reference.reachabilityFence(scratch);
        }
    }

    private static boolean takes(Matrix w) {
        return !(w instanceof Matrix.Dense dense) || dense.type() == Dtype.BF16;
    }

    private static long scaleType(Dtype type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case BF16 -> 2;
            default -> throw new IllegalArgumentException("no scales of " + type);
        };
    }

    private static void call(
            long form,
            Matrix w,
            long group,
            long scaleType,
            long scales,
            long biases,
            Rows x,
            int xFirst,
            Rows y,
            int yFirst,
            long tokens,
            long from,
            long to,
            F32 scratch) {
        try {
            MULTIPLY.invokeExact(
                    form,
                    w.data().address(),
                    (long) w.cols(),
                    group,
                    scaleType,
                    scales,
                    biases,
                    x.address(xFirst),
                    4L * x.stride(),
                    tokens,
                    y.address(yFirst),
                    4L * y.stride(),
                    from,
                    to,
                    scratch.address(),
                    4 * scratch.size());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Exact, as everywhere: nothing is multiplied. */
    @Override
    public void row(Matrix w, int row, F32 y, long at) {
        exact.row(w, row, y, at);
    }
}
