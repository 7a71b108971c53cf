package dev.sluice.models.family;

import dev.sluice.kernels.Matrix;
import dev.sluice.models.Architecture.MixerSpec.GatedDeltaNet;
import dev.sluice.models.Weights.DeltaLayout;
import dev.sluice.models.Weights.Projection;
import java.util.ArrayList;
import java.util.List;

/** How a family stores the input projections of a DeltaNet layer ({@code spec/model.md} §2.3). */
enum DeltaProjections {
    /** Two matrices, both interleaved by key head: {@code in_proj_qkvz} and {@code in_proj_ba}. */
    INTERLEAVED {
        @Override
        List<Projection> read(GatedDeltaNet spec, int hidden, String prefix, TensorSource tensors) {
            int wide = 2 * spec.keyHeads() * spec.keyDim() + 2 * spec.valueWidth();
            return sideBySide(
                    tensors.matrix(prefix + "in_proj_qkvz", wide, hidden),
                    tensors.matrix(prefix + "in_proj_ba", 2 * spec.valueHeads(), hidden));
        }

        @Override
        DeltaLayout layout(GatedDeltaNet spec) {
            DeltaLayout layout = empty(spec);
            int ratio = spec.valueHeads() / spec.keyHeads();
            int group = 2 * spec.keyDim() + 2 * ratio * spec.valueDim();
            int gates = spec.keyHeads() * group;
            for (int head = 0; head < spec.keyHeads(); head++) {
                layout.query()[head] = head * group;
                layout.key()[head] = head * group + spec.keyDim();
            }
            for (int head = 0; head < spec.valueHeads(); head++) {
                int keyHead = head / ratio;
                int within = head % ratio;
                layout.value()[head] = keyHead * group + 2 * spec.keyDim() + within * spec.valueDim();
                layout.z()[head] = layout.value()[head] + ratio * spec.valueDim();
                layout.beta()[head] = gates + keyHead * 2 * ratio + within;
                layout.decay()[head] = layout.beta()[head] + ratio;
            }
            return layout;
        }
    },

    /** Four flat matrices: {@code in_proj_qkv}, {@code in_proj_z}, {@code in_proj_b}, {@code in_proj_a}. */
    FLAT {
        @Override
        List<Projection> read(GatedDeltaNet spec, int hidden, String prefix, TensorSource tensors) {
            return sideBySide(
                    tensors.matrix(prefix + "in_proj_qkv", spec.convChannels(), hidden),
                    tensors.matrix(prefix + "in_proj_z", spec.valueWidth(), hidden),
                    tensors.matrix(prefix + "in_proj_b", spec.valueHeads(), hidden),
                    tensors.matrix(prefix + "in_proj_a", spec.valueHeads(), hidden));
        }

        @Override
        DeltaLayout layout(GatedDeltaNet spec) {
            DeltaLayout layout = empty(spec);
            int keyWidth = spec.keyHeads() * spec.keyDim();
            for (int head = 0; head < spec.keyHeads(); head++) {
                layout.query()[head] = head * spec.keyDim();
                layout.key()[head] = keyWidth + head * spec.keyDim();
            }
            int z = spec.convChannels();
            int beta = z + spec.valueWidth();
            for (int head = 0; head < spec.valueHeads(); head++) {
                layout.value()[head] = 2 * keyWidth + head * spec.valueDim();
                layout.z()[head] = z + head * spec.valueDim();
                layout.beta()[head] = beta + head;
                layout.decay()[head] = beta + spec.valueHeads() + head;
            }
            return layout;
        }
    };

    /** The matrices, side by side in one row of results; {@code prefix} ends with a dot. */
    abstract List<Projection> read(GatedDeltaNet spec, int hidden, String prefix, TensorSource tensors);

    /** Where each head's parts lie in that row. */
    abstract DeltaLayout layout(GatedDeltaNet spec);

    private static DeltaLayout empty(GatedDeltaNet spec) {
        return new DeltaLayout(
                new int[spec.keyHeads()],
                new int[spec.keyHeads()],
                new int[spec.valueHeads()],
                new int[spec.valueHeads()],
                new int[spec.valueHeads()],
                new int[spec.valueHeads()]);
    }

    private static List<Projection> sideBySide(Matrix... matrices) {
        List<Projection> out = new ArrayList<>();
        int column = 0;
        for (Matrix matrix : matrices) {
            out.add(new Projection(matrix, column));
            column += matrix.rows();
        }
        return List.copyOf(out);
    }
}
