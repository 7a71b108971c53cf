package dev.sluice.models.family;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Matrix;
import dev.sluice.models.checkpoint.TensorInfo;
import dev.sluice.models.family.Quantisation.Affine;
import dev.sluice.models.family.Quantisation.Fp8;
import dev.sluice.models.family.Quantisation.Groups;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * The stored forms of a matrix ({@code spec/model.md} §6). Which one it is shows in the tensors: FP8 codes come with
 * {@code weight_scale_inv}, affine codes with {@code scales} and {@code biases}; a part without its other part is
 * refused, and so is a form that the configuration contradicts.
 */
final class MatrixReader {
    private final TensorSource source;
    private final Quantisation quantisation;

    MatrixReader(TensorSource source, Quantisation quantisation) {
        this.source = source;
        this.quantisation = quantisation;
    }

    /**
     * Reads a tensor as one matrix.
     *
     * @param module path that the configuration's exceptions use
     * @param shape as stored when plain; {@code rows} is the product of all but the last
     */
    Matrix read(String module, String tensor, int rows, int cols, List<Long> shape) {
        TensorInfo info = source.store().find(tensor);
        Dtype type = info == null ? Dtype.BF16 : info.type();
        return switch (type) {
            case F8_E4M3 -> fp8(module, tensor, rows, cols, shape);
            case U32 -> affine(module, tensor, rows, cols, shape);
            default -> dense(module, tensor, rows, cols, shape);
        };
    }

    private Matrix dense(String module, String tensor, int rows, int cols, List<Long> shape) {
        TensorInfo info = source.claim(tensor, shape);
        if (!Elements.readable(info.type())) {
            throw source.wrongType(info, "BF16, F16, F32, F8_E4M3 with scales or MLX codes");
        }
        for (String part : List.of(module + ".weight_scale_inv", module + ".scales", module + ".biases")) {
            if (source.has(part)) {
                throw new InvalidModelException(source.at(part) + " is the scale of a quantised matrix, but " + tensor
                        + " is " + info.form() + "; the file mixes two versions of the module");
            }
        }
        return new Matrix.Dense(info.type(), rows, cols, source.store().data(info));
    }

    private Matrix fp8(String module, String tensor, int rows, int cols, List<Long> shape) {
        if (shape.size() != 2) {
            throw new UnsupportedModelException(
                    source.at(tensor) + " holds fused FP8 experts; only one FP8 tensor per expert is read");
        }
        String scaleName = module + ".weight_scale_inv";
        if (!source.has(scaleName)) {
            throw new InvalidModelException(source.at(tensor) + " is F8_E4M3 without its scales; expected " + scaleName
                    + " beside it, or a plain type with the module listed in modules_to_not_convert");
        }
        if (!(quantisation instanceof Fp8 promised)) {
            throw new InvalidModelException(source.at(tensor)
                    + " is F8_E4M3, but config.json has no quantization_config with quant_method fp8");
        }
        if (promised.excluded().contains(module)) {
            throw new InvalidModelException(
                    source.at(tensor) + " is F8_E4M3, but quantization_config.modules_to_not_convert lists " + module);
        }
        TensorInfo codes = source.claim(tensor, shape);
        TensorInfo scales = source.claim(scaleName, List.of(blocks(rows), blocks(cols)));
        if (scales.type() != Dtype.BF16 && scales.type() != Dtype.F32) {
            throw source.wrongType(scales, "BF16 or F32");
        }
        float[] widened = source.elements(scales, DoubleUnaryOperator.identity());
        requirePositive(widened, scaleName);
        return new Matrix.Fp8Blocks(rows, cols, source.store().data(codes), source.table(widened));
    }

    /** A scale is a largest magnitude over 448: 0 for a block of zeros, but never less. */
    private void requirePositive(float[] values, String name) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0) {
                throw new InvalidModelException(source.at(name) + " holds " + values[i] + " at element " + i
                        + "; a scale of FP8 blocks is never negative; the file is damaged");
            }
        }
    }

    private static long blocks(int n) {
        return Matrix.Fp8Blocks.blocks(n);
    }

    private Matrix affine(String module, String tensor, int rows, int cols, List<Long> shape) {
        Groups groups = quantisation instanceof Affine promised ? promised.of(module) : null;
        if (groups == null) {
            throw new InvalidModelException(source.at(tensor)
                    + " holds packed codes, but config.json has no MLX \"quantization\" for the module " + module);
        }
        if (cols % groups.size() != 0) {
            throw new InvalidModelException(source.at(tensor) + " is quantised in groups of " + groups.size()
                    + ", which do not divide its " + cols + " columns");
        }
        TensorInfo codes =
                source.claim(tensor, withLast(shape, (long) cols * groups.bits() / 32), codesOf(groups, cols));
        List<Long> grouped = withLast(shape, (long) cols / groups.size());
        TensorInfo scales = source.claim(module + ".scales", grouped, groupsOf(groups, cols));
        TensorInfo biases = source.claim(module + ".biases", grouped, groupsOf(groups, cols));
        if (!Elements.readable(scales.type()) || scales.type() != biases.type()) {
            throw source.wrongType(
                    scales, "F32, BF16 or F16, and biases of the same type (they are " + biases.type() + ")");
        }
        if (shape.size() == 2) {
            source.readByEveryToken(scales);
            source.readByEveryToken(biases);
        }
        return new Matrix.AffineGroups(
                rows,
                cols,
                groups.bits(),
                groups.size(),
                source.store().data(codes),
                scales.type(),
                source.store().data(scales),
                source.store().data(biases));
    }

    private static String codesOf(Groups groups, int cols) {
        return " for " + cols + " columns in codes of " + groups.bits() + " bits (quantization.bits)";
    }

    private static String groupsOf(Groups groups, int cols) {
        return " for " + cols + " columns in groups of " + groups.size() + " (quantization.group_size)";
    }

    private static List<Long> withLast(List<Long> shape, long last) {
        List<Long> out = new ArrayList<>(shape);
        out.set(out.size() - 1, last);
        return List.copyOf(out);
    }

    /** Rows {@code [from, from + count)} as a matrix of their own. */
    static Matrix rows(Matrix matrix, int from, int count) {
        return switch (matrix) {
            case Matrix.Dense m -> {
                long row = m.type().bytes(m.cols());
                yield new Matrix.Dense(m.type(), count, m.cols(), m.data().asSlice(from * row, count * row));
            }
            case Matrix.AffineGroups m -> {
                long row = (long) m.cols() * m.bits() / 8;
                long groups = m.scaleType().bytes(m.cols() / m.group());
                yield new Matrix.AffineGroups(
                        count,
                        m.cols(),
                        m.bits(),
                        m.group(),
                        m.data().asSlice(from * row, count * row),
                        m.scaleType(),
                        m.scales().asSlice(from * groups, count * groups),
                        m.biases().asSlice(from * groups, count * groups));
            }
            case Matrix.Fp8Blocks m ->
                throw new IllegalArgumentException(
                        "blocks of 128 rows cannot be cut at row " + from + " of " + m.rows());
        };
    }

    /** Refuses a configuration that promises a quantised form of which no tensor shows a sign, before any is read. */
    void requirePromise() {
        Dtype sign = switch (quantisation) {
            case Quantisation.None _ -> null;
            case Fp8 _ -> Dtype.F8_E4M3;
            case Affine _ -> Dtype.U32;
        };
        Collection<TensorInfo> tensors = source.store().tensors();
        if (sign == null) {
            return;
        }
        for (TensorInfo tensor : tensors) { // as a stream 2 ms of every start
            if (tensor.type() == sign) {
                return;
            }
        }
        String example = tensors.stream()
                .filter(tensor -> tensor.name().endsWith(".o_proj.weight"))
                .findFirst()
                .map(tensor -> tensor.name() + " is " + tensor.form() + "; ")
                .orElse("");
        source.refuse(new InvalidModelException("config.json says that the weights are quantised ("
                + (quantisation instanceof Fp8 ? "quant_method fp8" : "MLX quantization") + "), but no tensor is; "
                + example + "remove the key or fetch the right weights"));
    }
}
