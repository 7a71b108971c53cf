package dev.sluice.models.family;

import dev.sluice.error.InvalidModelException;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Architecture.MlpSpec;
import dev.sluice.models.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Claims the tensors of a decoder by the names that all families share ({@code spec/model.md} §2.2 to §2.4). What
 * differs between families is given to the constructor.
 */
final class DecoderReader {
    private static final DoubleUnaryOperator PLAIN = DoubleUnaryOperator.identity();

    private final Architecture architecture;
    private final TensorSource tensors;
    private final DoubleUnaryOperator norm;
    private final DeltaProjections projections;
    private final int hidden;

    /** @param zeroCentred norms are stored as the difference from 1 */
    DecoderReader(Architecture architecture, TensorSource tensors, boolean zeroCentred, DeltaProjections projections) {
        this.architecture = architecture;
        this.tensors = tensors;
        this.norm = zeroCentred && !tensors.mlx() ? DecoderReader::onePlus : PLAIN;
        this.projections = projections;
        this.hidden = architecture.hiddenSize();
    }

    /** In f32, as the reference adds it. */
    private static double onePlus(double weight) {
        return 1f + (float) weight;
    }

    Weights read() {
        String trunk = tensors.trunk();
        Matrix embedding = tensors.matrix(trunk + "embed_tokens", architecture.vocabSize(), hidden);
        Matrix head = embedding;
        if (!architecture.tiedEmbeddings()) {
            head = tensors.matrix(tensors.head(), architecture.vocabSize(), hidden);
        } else if (tensors.has(tensors.head() + ".weight")) {
            tensors.skipMatrix(tensors.head(), architecture.vocabSize(), hidden);
        }
        List<Weights.Layer> layers = new ArrayList<>();
        for (int i = 0; i < architecture.layers().size(); i++) {
            layers.add(layer(trunk + "layers." + i + ".", architecture.layers().get(i)));
        }
        return new Weights(
                embedding, head, norm(trunk + "norm.weight", hidden), List.copyOf(layers), mtp(architecture.mtp()));
    }

    private Weights.@Nullable Mtp mtp(@Nullable LayerSpec spec) {
        if (spec == null) {
            return null;
        }
        return new Weights.Mtp(
                norm("mtp.pre_fc_norm_embedding.weight", hidden),
                norm("mtp.pre_fc_norm_hidden.weight", hidden),
                tensors.matrix("mtp.fc", hidden, 2 * hidden),
                layer("mtp.layers.0.", spec),
                norm("mtp.norm.weight", hidden));
    }

    private Weights.Layer layer(String prefix, LayerSpec spec) {
        return new Weights.Layer(
                norm(prefix + "input_layernorm.weight", hidden),
                mixer(prefix, spec.mixer()),
                norm(prefix + "post_attention_layernorm.weight", hidden),
                mlp(prefix + "mlp.", spec.mlp()));
    }

    private Weights.Mixer mixer(String prefix, MixerSpec spec) {
        boolean attends = spec instanceof MixerSpec.FullAttention;
        String expected = prefix + (attends ? "self_attn." : "linear_attn.");
        String other = prefix + (attends ? "linear_attn." : "self_attn.");
        if (!tensors.hasAny(expected) && tensors.hasAny(other)) {
            tensors.refuse(new InvalidModelException("config.json makes the layer at " + prefix + " "
                    + (attends ? "full_attention" : "linear_attention")
                    + " (layer_types or full_attention_interval), but the checkpoint has " + other + "*"));
            tensors.skip(other);
        }
        return switch (spec) {
            case MixerSpec.FullAttention attention -> attention(expected, attention);
            case MixerSpec.GatedDeltaNet delta -> deltaNet(expected, delta);
        };
    }

    private Weights.FullAttention attention(String prefix, MixerSpec.FullAttention spec) {
        int kvWidth = spec.kvHeads() * spec.headDim();
        return new Weights.FullAttention(
                tensors.matrix(prefix + "q_proj", spec.heads() * spec.queryStride(), hidden),
                tensors.matrix(prefix + "k_proj", kvWidth, hidden),
                tensors.matrix(prefix + "v_proj", kvWidth, hidden),
                tensors.matrix(prefix + "o_proj", hidden, spec.heads() * spec.headDim()),
                norm(prefix + "q_norm.weight", spec.headDim()),
                norm(prefix + "k_norm.weight", spec.headDim()));
    }

    /** Its own norm is never zero-centred ({@code spec/model.md} §3.1). */
    private Weights.DeltaNet deltaNet(String prefix, MixerSpec.GatedDeltaNet spec) {
        return new Weights.DeltaNet(
                projections.read(spec, hidden, prefix, tensors),
                spec.projectionWidth(),
                projections.layout(spec),
                tensors.convolution(prefix + "conv1d.weight", spec.convChannels(), spec.convTaps()),
                tensors.vector(prefix + "A_log", spec.valueHeads(), a -> -Math.exp(a)),
                tensors.vector(prefix + "dt_bias", spec.valueHeads(), PLAIN),
                tensors.vector(prefix + "norm.weight", spec.valueDim(), PLAIN),
                tensors.matrix(prefix + "out_proj", hidden, spec.valueWidth()));
    }

    private Weights.Mlp mlp(String prefix, MlpSpec spec) {
        return switch (spec) {
            case MlpSpec.Dense dense -> swiglu(prefix, dense.width());
            case MlpSpec.SparseMoe moe -> mixture(prefix, moe);
        };
    }

    private Weights.DenseMlp swiglu(String prefix, int width) {
        return new Weights.DenseMlp(
                tensors.matrix(prefix + "gate_proj", width, hidden),
                tensors.matrix(prefix + "up_proj", width, hidden),
                tensors.matrix(prefix + "down_proj", hidden, width));
    }

    private Weights.MoeMlp mixture(String prefix, MlpSpec.SparseMoe spec) {
        boolean shared = spec.sharedWidth() > 0;
        return new Weights.MoeMlp(
                tensors.matrix(prefix + "gate", spec.experts(), hidden),
                experts(prefix, spec),
                shared ? swiglu(prefix + "shared_expert.", spec.sharedWidth()) : null,
                shared ? tensors.matrix(prefix + "shared_expert_gate", 1, hidden) : null);
    }

    /** One tensor an expert, all experts fused (BF16 Qwen3.5 and later), or stacked by projection (MLX). */
    private List<Weights.DenseMlp> experts(String prefix, MlpSpec.SparseMoe spec) {
        if (tensors.has(prefix + "experts.gate_up_proj")) {
            return fusedExperts(prefix + "experts.", spec);
        }
        if (tensors.has(prefix + "switch_mlp.gate_proj.weight")) {
            return stackedExperts(prefix + "switch_mlp.", spec);
        }
        List<Weights.DenseMlp> out = new ArrayList<>(spec.experts());
        for (int expert = 0; expert < spec.experts(); expert++) {
            out.add(swiglu(prefix + "experts." + expert + ".", spec.expertWidth()));
        }
        return List.copyOf(out);
    }

    private List<Weights.DenseMlp> fusedExperts(String prefix, MlpSpec.SparseMoe spec) {
        int width = spec.expertWidth();
        String gateUpName = prefix + "gate_up_proj";
        String downName = prefix + "down_proj";
        List<Matrix> gateUp = tensors.stack(gateUpName, gateUpName, spec.experts(), 2 * width, hidden);
        List<Matrix> down = tensors.stack(downName, downName, spec.experts(), hidden, width);
        List<Weights.DenseMlp> out = new ArrayList<>(spec.experts());
        for (int expert = 0; expert < spec.experts(); expert++) {
            Matrix both = gateUp.get(expert);
            out.add(new Weights.DenseMlp(
                    MatrixReader.rows(both, 0, width), MatrixReader.rows(both, width, width), down.get(expert)));
        }
        return List.copyOf(out);
    }

    private List<Weights.DenseMlp> stackedExperts(String prefix, MlpSpec.SparseMoe spec) {
        List<Matrix> gate = stack(prefix + "gate_proj", spec, spec.expertWidth(), hidden);
        List<Matrix> up = stack(prefix + "up_proj", spec, spec.expertWidth(), hidden);
        List<Matrix> down = stack(prefix + "down_proj", spec, hidden, spec.expertWidth());
        List<Weights.DenseMlp> out = new ArrayList<>(spec.experts());
        for (int expert = 0; expert < spec.experts(); expert++) {
            out.add(new Weights.DenseMlp(gate.get(expert), up.get(expert), down.get(expert)));
        }
        return List.copyOf(out);
    }

    private List<Matrix> stack(String module, MlpSpec.SparseMoe spec, int rows, int cols) {
        return tensors.stack(module, module + ".weight", spec.experts(), rows, cols);
    }

    private F32 norm(String name, int size) {
        return tensors.vector(name, size, norm);
    }
}
