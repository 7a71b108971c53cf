package dev.sluice.kernels.foreign;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.Rows;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * {@link MatMul} with activations rounded as a tier has it, for the weights that the tier takes; the others go to exact
 * kernels.
 *
 * <p><b>Order of the sum, BF16.</b> Lane {@code l} of 16 takes the pairs of columns {@code (2l, 2l + 1) mod 32},
 * ascending; the lanes are added by halves. Weights with scales are summed block by block so, and the sum of a block is
 * multiplied by its scale and added; biases come first.
 *
 * <p><b>INT8.</b> Blocks of 32 columns are summed exactly, as integers. Four sums take every fourth block each,
 * ascending, times its scales, after the biases of every fourth four groups; the first and the third are added, the second
 * and the fourth, and then both.
 *
 * <p>As in {@link MatMul} the order depends on columns and form only.
 */
final class NativeMatMul implements MatMul {
    private static final MethodHandle MULTIPLY = NativeLibrary.function("sluice_multiply", null, 16);

    /** Numbers of the forms and of the types of scales, as {@code tier.h} has them; of affine codes it is their bits. */
    private static final long BF16 = 0;

    private static final long FP8_BLOCKS = 1;

    /** What the number of a form is raised by where activations are bytes. */
    private static final long INT8 = 16;

    private final MatMul exact;
    private final NativeTier tier;
    private final long firstForm;

    NativeMatMul(MatMul exact, NativeTier tier) {
        this.exact = exact;
        this.tier = tier;
        this.firstForm = tier == NativeTier.INT8 ? INT8 : 0;
    }

    @Override
    public void multiply(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        if (!tier.takes(w)) {
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
                            firstForm + groups.bits(),
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
