package dev.sluice.kernels.vector;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.reference.PlainMatMul;
import java.lang.ref.Reference;

/**
 * {@link MatMul} on the Vector API, in four ways with the same bits: one token is multiplied straight from the stored weights
 * ({@link OneToken}); a few tokens take two rows that are widened in cache ({@link FewTokens}); some tokens take five widened
 * rows at a time through a register tile ({@link SomeTokens}); with {@link MatMul#MANY} tokens rows become lanes ({@link
 * ManyTokens}).
 */
public final class VectorMatMul implements MatMul {
    /** Rows that are not worth a tile of {@link RowTile#ROWS}: gates of a head or an expert. */
    private static final int FEW_ROWS = RowTile.ROWS / 2;

    private final PlainMatMul plain = new PlainMatMul();

    @Override
    public void multiply(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        multiply(w, x, xFirst, y, yFirst, tokens, from, to, scratch, ManyTokens.NAMELESS);
    }

    @Override
    public void multiply(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch, long vectors) {
        MatMul.check(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
        try {
            if (tokens == 1) {
                OneToken.multiply(w, x.address(xFirst), y.address(yFirst), from, to, scratch, vectors);
            } else if (tokens <= Few.TOKENS) {
                FewTokens.multiply(w, x, xFirst, y, yFirst, tokens, from, to, scratch, vectors);
            } else if (tokens < MANY || to - from <= FEW_ROWS) {
                long name = tokens <= MANY ? vectors : ManyTokens.NAMELESS;
                for (int t = 0; t < tokens; t += MANY) {
                    SomeTokens.multiply(
                            w, x, xFirst + t, y, yFirst + t, Math.min(MANY, tokens - t), from, to, scratch, name);
                }
            } else {
                ManyTokens.multiply(w, x, xFirst, y, yFirst, tokens, from, to, scratch, vectors);
            }
        } finally {
            Reference.reachabilityFence(w);
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
            Reference.reachabilityFence(scratch);
        }
    }

    @Override
    public void expect(Matrix w, int from, int to, F32 scratch) {
        scratch.check(0, MatMul.scratch(w.cols()));
        if (w instanceof Matrix.Fp8Blocks blocks) {
            OneTokenFp8.expect(blocks, from, to, scratch);
        } else {
            OneTokenFp8.expectNothing(scratch);
        }
    }

    /** One by one: a row a token is too seldom for C2, and vectors in code that it has not seen live in boxes. */
    @Override
    public void row(Matrix w, int row, F32 y, long at) {
        plain.row(w, row, y, at);
    }
}
