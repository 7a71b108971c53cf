package dev.sluice.kernels.start;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;

/** {@link MatMul}: a contest for each stored form and way of multiplying, in pieces of rows. */
final class StartingMatMul implements MatMul {
    /** Multiply-adds of a scalar piece, about 0.2 ms. */
    private static final long PIECE = 1 << 18;

    /** Rows of the smallest piece, so that copying the tokens does not decide. */
    private static final int FEWEST = 16;

    /** Rows of a trial: two tiles of many tokens. */
    private static final int TRIAL = 10;

    /** F32, F16, BF16, FP8, affine 4 and 8 bit. */
    private static final int FORMS = 6;

    /** One token, up to four, more: the ways of the vector form. */
    private static final int WAYS = 3;

    private final MatMul scalar;
    private final VectorTier tier;
    private final Contest[] contests = new Contest[FORMS * WAYS];

    StartingMatMul(MatMul scalar, VectorTier tier) {
        this.scalar = scalar;
        this.tier = tier;
        for (int i = 0; i < contests.length; i++) {
            contests[i] = new Contest(tier);
        }
    }

    private static int form(Matrix w) {
        return switch (w) {
            case Matrix.Dense dense -> dense.type() == Dtype.F32 ? 0 : dense.type() == Dtype.F16 ? 1 : 2;
            case Matrix.Fp8Blocks _ -> 3;
            case Matrix.AffineGroups groups -> groups.bits() == 4 ? 4 : 5;
        };
    }

    private Contest contest(Matrix w, int tokens) {
        return contests[form(w) * WAYS + (tokens == 1 ? 0 : tokens <= 4 ? 1 : 2)];
    }

    /** Whether products of this form with as many tokens are the vector kernel's by now. */
    boolean won(Matrix w, int tokens) {
        return contest(w, tokens).won();
    }

    @Override
    public void multiply(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        Contest contest = contest(w, tokens);
        if (contest.won()) {
            tier.loaded().matMul().multiply(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
        } else {
            inPieces(contest, w, x, xFirst, y, yFirst, tokens, from, to, scratch);
        }
    }

    private void inPieces(
            Contest contest,
            Matrix w,
            Rows x,
            int xFirst,
            Rows y,
            int yFirst,
            int tokens,
            int from,
            int to,
            F32 scratch) {
        MatMul.check(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
        long row = Math.max(1L, (long) tokens * w.cols());
        int piece = (int) Math.clamp(PIECE / row, FEWEST, Integer.MAX_VALUE);
        int end;
        for (int r = from; r < to; r = end) {
            Kernels vector = contest.next();
            long start = System.nanoTime();
            if (contest.won()) {
                end = to;
                tier.loaded().matMul().multiply(w, x, xFirst, y, yFirst, tokens, r, end, scratch);
            } else if (vector != null) {
                end = Math.min(to, r + TRIAL);
                vector.matMul().multiply(w, x, xFirst, y, yFirst, tokens, r, end, scratch);
                contest.vector(System.nanoTime() - start, row * (end - r));
            } else {
                end = (int) Math.min(to, (long) r + piece);
                scalar.multiply(w, x, xFirst, y, yFirst, tokens, r, end, scratch);
                contest.scalar(System.nanoTime() - start, row * (end - r));
            }
        }
    }

    @Override
    public void row(Matrix w, int row, F32 y, long at) {
        scalar.row(w, row, y, at);
    }
}
