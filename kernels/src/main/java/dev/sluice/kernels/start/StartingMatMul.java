package dev.sluice.kernels.start;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;

/**
 * {@link MatMul}: a contest for each stored form and way of multiplying. The scalar form does the work, piece by piece,
 * until the vector form has won in a {@link Practice} of its own, because weights are mapped files. One that is cut raises
 * SIGBUS, which the JVM survives in kernels that C2 has compiled (see {@code Lanes.address}) and in scalar code, and not
 * where an interpreted kernel calls a vector load that is compiled by itself.
 */
final class StartingMatMul implements MatMul {
    /** Multiply-adds of a scalar piece, about 0.2 ms. */
    private static final long PIECE = 1 << 18;

    /** Rows of the smallest piece, so that copying the tokens does not decide. */
    private static final int FEWEST = 16;

    /** F32, F16, BF16, FP8; affine of 4 and 8 bit by three sizes of groups by three types of scales. */
    private static final int FORMS = 4 + 2 * 3 * 3;

    /** One token, two, up to four, some, many: the ways of the vector form. */
    private static final int WAYS = 5;

    private final MatMul scalar;
    private final VectorTier tier;
    private final Contest[] contests = new Contest[FORMS * WAYS];
    private final Practice[] practices = new Practice[FORMS * WAYS];

    StartingMatMul(MatMul scalar, VectorTier tier) {
        this.scalar = scalar;
        this.tier = tier;
        for (int i = 0; i < contests.length; i++) {
            contests[i] = new Contest(tier);
            practices[i] = new Practice(tier, contests[i]);
        }
    }

    private static int index(Matrix w, int tokens) {
        return form(w) * WAYS + (tokens <= 1 ? 0 : tokens == 2 ? 1 : tokens <= 4 ? 2 : tokens < MANY ? 3 : 4);
    }

    private static int form(Matrix w) {
        return switch (w) {
            case Matrix.Dense dense -> plain(dense.type());
            case Matrix.Fp8Blocks _ -> 3;
            case Matrix.AffineGroups groups -> {
                int size = Integer.numberOfTrailingZeros(groups.group() / 32);
                yield 4 + ((groups.bits() == 4 ? 0 : 1) * 3 + size) * 3 + plain(groups.scaleType());
            }
        };
    }

    private static int plain(Dtype type) {
        return type == Dtype.F32 ? 0 : type == Dtype.F16 ? 1 : 2;
    }

    /** Whether products of this form with as many tokens are the vector kernel's by now. */
    boolean won(Matrix w, int tokens) {
        return contests[index(w, tokens)].won();
    }

    @Override
    public void multiply(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        int r = scalar(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
        if (r < to) {
            tier.loaded().matMul().multiply(w, x, xFirst, y, yFirst, tokens, r, to, scratch);
        }
    }

    @Override
    public void multiply(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch, long vectors) {
        int r = scalar(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
        if (r < to) {
            tier.loaded().matMul().multiply(w, x, xFirst, y, yFirst, tokens, r, to, scratch, vectors);
        }
    }

    /** Computes rows until the vector form has won; returns the first row that is left to it. */
    private int scalar(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        int index = index(w, tokens);
        Contest contest = contests[index];
        int r = from;
        if (!contest.won()) {
            MatMul.check(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
            long row = Math.max(1L, (long) tokens * w.cols());
            tier.begins(row * (to - from));
            int piece = (int) Math.clamp(PIECE / row, FEWEST, Integer.MAX_VALUE);
            while (r < to && !contest.won()) {
                int end = (int) Math.min(to, (long) r + piece);
                long start = System.nanoTime();
                scalar.multiply(w, x, xFirst, y, yFirst, tokens, r, end, scratch);
                contest.scalar(System.nanoTime() - start, row * (end - r));
                practices[index].ask(w, tokens);
                r = end;
            }
        }
        return r;
    }

    @Override
    public void expect(Matrix w, int from, int to, F32 scratch) {
        if (won(w, 1)) {
            tier.loaded().matMul().expect(w, from, to, scratch);
        }
    }

    @Override
    public void row(Matrix w, int row, F32 y, long at) {
        scalar.row(w, row, y, at);
    }
}
