package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AttentionTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    /** headDim, query heads of a KV head, tokens cached before, tokens of the call, F32 cache. */
    @ParameterizedTest
    @CsvSource({
        "1,1,0,1,true",
        "13,1,0,13,false",
        "16,2,63,2,true",
        "24,3,64,5,false",
        "40,4,100,40,true",
        "64,6,0,72,false",
        "72,1,127,1,true",
        "64,1,127,1,false",
        "128,2,128,1,false",
        "128,4,207,1,false",
        "207,2,64,64,true",
        "256,8,130,3,false"
    })
    void equalsTheOracle(int dim, int heads, int before, int tokens, boolean f32) {
        Run run = new Run(f32 ? Dtype.F32 : Dtype.BF16, dim, heads, before + tokens);
        F32 expected = run.attend(Kernels.plain(), before, tokens);
        F32 actual = run.attend(Kernels.vector(), before, tokens);
        Data.assertClose(actual, expected, 2e-6);
    }

    static Stream<Arguments> tiersAndTypes() {
        return Data.kernels().flatMap(k -> Stream.of(Arguments.of(k, Dtype.F32), Arguments.of(k, Dtype.BF16)));
    }

    static Stream<Arguments> tiersTypesAndDims() {
        return tiersAndTypes()
                .flatMap(a -> Stream.of(40, 64, 128).map(dim -> Arguments.of(a.get()[0], a.get()[1], dim)));
    }

    /** A query alone at its position equals the same query inside any chunk, with any neighbours among the heads. */
    @ParameterizedTest
    @MethodSource("tiersTypesAndDims")
    void piecesOfTokensAndHeadsGiveTheSameBits(Kernels kernels, Dtype type, int dim) {
        for (int heads : new int[] {1, 2, 3, 4, 8}) {
            Run run = new Run(type, dim, heads, 130);
            F32 whole = run.attend(kernels, 0, 130);
            F32 single = run.output(130);
            F32 chunks = run.output(130);
            for (int t = 0; t < 130; t++) {
                run.attend(kernels, single, t, t, 1, 0, heads);
            }
            for (int t = 0; t < 130; t += 29) {
                int tokens = Math.min(29, 130 - t);
                run.attend(kernels, chunks, t, t, tokens, 0, 1);
                if (heads > 1) {
                    run.attend(kernels, chunks, t, t, tokens, 1, heads - 1);
                }
            }
            Data.assertSame(single, whole);
            Data.assertSame(chunks, whole);
        }
    }

    /** What lies after the position, from truncated tokens or later ones of the chunk, is never read into a result. */
    @ParameterizedTest
    @MethodSource("tiersTypesAndDims")
    void laterKeysDoNotMatter(Kernels kernels, Dtype type, int dim) {
        Run run = new Run(type, dim, 3, 100);
        F32 expected = run.attend(kernels, 0, 70);
        F32 last = run.attend(kernels, 69, 1);
        F32 poison = F32.allocate(arena, dim);
        for (int i = 0; i < dim; i++) {
            poison.set(i, i % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY);
        }
        for (int t = 70; t < 100; t++) {
            kernels.attention().store(run.kv, 1, t, poison, 0, poison, 0);
        }
        Data.assertSame(run.attend(kernels, 0, 70), expected);
        Data.assertSame(run.attend(kernels, 69, 1), last);
        run.kv.truncate(70);
        Data.assertSame(run.attend(kernels, 0, 70), expected);
        Data.assertSame(run.attend(kernels, 69, 1), last);
    }

    /** Scores in the hundreds: only the running maximum keeps exp in range; the largest comes last, first, or alone. */
    @ParameterizedTest
    @CsvSource({"30", "-30", "0"})
    void largeScores(float slope) {
        Run run = new Run(Dtype.F32, 16, 2, 150);
        F32 k = F32.allocate(arena, 16);
        for (int t = 0; t < 150; t++) {
            for (int i = 0; i < 16; i++) {
                k.set(i, slope * t / 150 + (t == 75 ? 9 : 0));
            }
            run.kernelsStore(Kernels.plain(), t, k);
        }
        F32 expected = run.attend(Kernels.plain(), 149, 1);
        Data.assertClose(run.attend(Kernels.vector(), 149, 1), expected, 3e-5);
    }

    @ParameterizedTest
    @MethodSource("tiersAndTypes")
    void oneKeyGivesItsValue(Kernels kernels, Dtype type) {
        Run run = new Run(type, 40, 2, 1);
        F32 o = run.attend(kernels, 0, 1);
        for (int h = 0; h < 2; h++) {
            for (int i = 0; i < 40; i++) {
                assertThat(o.get(40L * h + i)).isEqualTo(run.value(0, i));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void bothTiersStoreTheSamePages(Dtype type) {
        Run plain = new Run(type, 40, 2, 70);
        KvPages vector = new KvPages(arena, type, 2, 40);
        vector.extendTo(70);
        for (int t = 0; t < 70; t++) {
            for (int head = 0; head < 2; head++) {
                Kernels.vector().attention().store(vector, head, t, plain.k, 40L * t, plain.v, 40L * t);
            }
        }
        for (int page = 0; page < 2; page++) {
            assertThat(vector.page(page).mismatch(plain.kv.page(page))).isEqualTo(-1);
        }
    }

    @Test
    void operandsAreChecked() {
        Run run = new Run(Dtype.F32, 16, 2, 10);
        Attention attention = Kernels.vector().attention();
        assertThatThrownBy(() -> run.attend(Kernels.vector(), 5, 6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> attention.store(run.kv, 2, 0, run.k, 0, run.v, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> attention.store(run.kv, 0, 10, run.k, 0, run.v, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        KvPages closed;
        try (Arena other = Arena.ofConfined()) {
            closed = new KvPages(other, Dtype.F32, 1, 16);
            closed.extendTo(1);
        }
        assertThatThrownBy(() -> attention.store(closed, 0, 0, run.k, 0, run.v, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    /** Two KV heads with the same contents, the second is asked; queries as gated projections lay them out. */
    private final class Run {
        final int dim;
        final int heads;
        final KvPages kv;
        final F32 k;
        final F32 v;
        final Rows q;

        Run(Dtype type, int dim, int heads, int length) {
            this.dim = dim;
            this.heads = heads;
            this.kv = new KvPages(arena, type, 2, dim);
            this.k = Data.random(arena, 1, length * dim);
            this.v = Data.random(arena, 2, length * dim);
            this.q = Rows.of(Data.random(arena, 3, length * width()), width());
            kv.extendTo(length);
            for (int t = 0; t < length; t++) {
                for (int head = 0; head < 2; head++) {
                    Kernels.plain().attention().store(kv, head, t, k, (long) t * dim, v, (long) t * dim);
                }
            }
        }

        private int width() {
            return 2 * 2 * heads * dim;
        }

        void kernelsStore(Kernels kernels, int t, F32 key) {
            kernels.attention().store(kv, 1, t, key, 0, v, (long) t * dim);
        }

        float value(int t, int i) {
            long at = kv.valueOffset(1, t) + kv.type().bytes(i);
            return kv.type() == Dtype.F32
                    ? kv.page(0).get(ValueLayout.JAVA_FLOAT_UNALIGNED, at)
                    : Bf16.toFloat(kv.page(0).get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
        }

        F32 output(int tokens) {
            return F32.allocate(arena, (long) tokens * heads * dim);
        }

        F32 attend(Kernels kernels, int position, int tokens) {
            F32 o = output(tokens);
            attend(kernels, o, 0, position, tokens, 0, heads);
            return o;
        }

        /** Query rows are numbered by position, output rows from {@code first}. */
        void attend(Kernels kernels, F32 o, int first, int position, int tokens, int headFrom, int count) {
            Rows queries = new Rows(q.data(), (long) (position - first) * width() + (long) heads * 2 * dim, width());
            F32 scratch = F32.allocate(arena, Attention.scratch(dim));
            float scale = (float) (1 / Math.sqrt(dim));
            Rows outputs = Rows.of(o, heads * dim);
            kernels.attention()
                    .attend(kv, 1, queries, 2 * dim, outputs, first, tokens, headFrom, count, position, scale, scratch);
        }
    }
}
