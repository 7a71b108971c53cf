package dev.sluice.bench;

import dev.sluice.bench.MatMulBenchmark.Form;
import dev.sluice.kernels.Dtype;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A method in whose loops a model spends its time, and a call that runs it with the shapes of a benchmark.
 *
 * @param name what it does, as {@link CompiledCode} prints it
 * @param method class and method as {@code CompileCommand} names them
 * @param call makes operands and the call
 */
record HotKernel(String name, String method, Supplier<Runnable> call) {
    private static final String VECTOR = "dev.sluice.kernels.vector.";

    /** Rows of matrices: enough for all of a kernel's ways, and all in the second-level cache. */
    private static final int ROWS = 256;

    private static final Moved MOVED = new Moved();

    static HotKernel named(String name) {
        return all().stream()
                .filter(kernel -> kernel.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no kernel is called " + name));
    }

    static List<HotKernel> all() {
        List<HotKernel> out = new ArrayList<>();
        products(out);
        attention(out);
        delta(out);
        rows(out);
        return out;
    }

    private static void products(List<HotKernel> out) {
        out.add(product("one token, F32", "DenseRows::dotF32", Form.F32, 1));
        out.add(product("one token, BF16", "DenseRows::dotFourBf16", Form.BF16, 1));
        out.add(product("one token, F16", "DenseRows::dotF16", Form.F16, 1));
        out.add(product("one token, FP8", "Fp8Rows::dotFour", Form.FP8, 1));
        out.add(product("one token, affine 4", "AffineTables::dotFour", Form.AFFINE4, 1));
        out.add(product("one token, affine 8", "AffineRows::dot8", Form.AFFINE8, 1));
        out.add(product("one token, lane sums", "OneToken::finish", Form.FP8, 1));
        out.add(product("two tokens", "Few::two", Form.F32, 2));
        out.add(product("four tokens", "Few::four", Form.F32, 4));
        out.add(product("some tokens, tile", "Tile::four", Form.F32, 24));
        out.add(product("some tokens, widen BF16", "DenseRows::widenBf16", Form.BF16, 24));
        out.add(product("some tokens, widen FP8", "Fp8Rows::widen", Form.FP8, 24));
        out.add(product("many tokens, tile", "RowTile::multiply", Form.F32, 128));
        out.add(product("many tokens, sums of classes", "RowTile::merge", Form.F32, 128));
        out.add(product("many tokens, results", "RowTile::put", Form.F32, 128));
        out.add(product("many tokens, turn", "Turned::quarters", Form.F32, 128));
        out.add(product("many tokens, turn and spread", "Turned::lowerFour", Form.F32, 128));
        out.add(product("many tokens, turn BF16", "TurnedWeights::lowerFourPairs", Form.BF16, 128));
        out.add(product("many tokens, turn FP8", "TurnedWeights::lowerFourCodes", Form.FP8, 128));
        out.add(product("many tokens, widen affine 4", "AffineRows::widen4", Form.AFFINE4, 128));
        out.add(product("many tokens, widen affine 8", "AffineRows::widen8", Form.AFFINE8, 128));
    }

    private static HotKernel product(String name, String method, Form form, int tokens) {
        return new HotKernel(name, VECTOR + method, () -> {
            MatMulBenchmark benchmark = new MatMulBenchmark();
            benchmark.form = form;
            benchmark.tokens = tokens;
            benchmark.make(ROWS);
            return () -> benchmark.multiply(MOVED);
        });
    }

    private static void attention(List<HotKernel> out) {
        out.add(attention("attention, panel BF16", "Panel::bf16", Dtype.BF16, 32));
        out.add(attention("attention, panel F32", "Panel::f32", Dtype.F32, 32));
        out.add(attention("attention, tile", "AttentionTile::eight", Dtype.BF16, 32));
        out.add(attention("decoding, attention, tile", "PairTile::eight", Dtype.BF16, 1));
        out.add(attention("softmax, exp", "Exp::shifted", Dtype.BF16, 1));
        out.add(attention("softmax, maximum", "Elements::scaleAndMax", Dtype.BF16, 1));
    }

    private static HotKernel attention(String name, String method, Dtype type, int tokens) {
        return new HotKernel(name, VECTOR + method, () -> {
            AttentionBenchmark benchmark = new AttentionBenchmark();
            benchmark.type = type;
            benchmark.tokens = tokens;
            benchmark.make();
            return () -> benchmark.attend(MOVED);
        });
    }

    private static void delta(List<HotKernel> out) {
        for (int tokens : new int[] {1, 64}) {
            String at = tokens == 1 ? "decoding, " : "prompt, ";
            String pass = tokens == 1 ? "VectorDeltaRule::update" : "VectorDeltaRule::step";
            out.add(delta(at + "delta rule, dots", "VectorDeltaRule::dots", tokens, b -> () -> b.rule(MOVED)));
            out.add(delta(at + "delta rule, pass", pass, tokens, b -> () -> b.rule(MOVED)));
            out.add(delta(at + "convolution", "VectorCausalConv::four", tokens, b -> () -> b.convolution(MOVED)));
        }
    }

    private static HotKernel delta(String name, String method, int tokens, Function<DeltaBenchmark, Runnable> call) {
        return new HotKernel(name, VECTOR + method, () -> {
            DeltaBenchmark benchmark = new DeltaBenchmark();
            benchmark.tokens = tokens;
            benchmark.make();
            return call.apply(benchmark);
        });
    }

    private static void rows(List<HotKernel> out) {
        out.add(row("norm, sum of squares", "Sums::dot", b -> () -> b.rmsNorm(MOVED)));
        out.add(row("norm, scale", "Elements::scale(JFJJI)V", b -> () -> b.rmsNorm(MOVED)));
        out.add(row("gated norm", "VectorNorms::gatedRms", b -> () -> b.gatedNorm(MOVED)));
        out.add(row("SwiGLU", "Exp::gate", b -> () -> b.swiGlu(MOVED)));
        out.add(row("residual", "Elements::add", b -> () -> b.residual(MOVED)));
        out.add(row("RoPE", "VectorRope::rotate(JJJJI)V", b -> () -> b.rope(MOVED)));
        out.add(row("choice of experts", "VectorRouter::choose", b -> () -> b.expertChoice(MOVED)));
    }

    private static HotKernel row(String name, String method, Function<RowBenchmark, Runnable> call) {
        return new HotKernel(name, VECTOR + method, () -> call.apply(new RowBenchmark()));
    }
}
