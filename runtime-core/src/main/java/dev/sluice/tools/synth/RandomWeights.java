package dev.sluice.tools.synth;

import dev.sluice.kernels.Dtype;
import dev.sluice.models.released.PlannedTensor;
import dev.sluice.models.released.PlannedTensor.Part;
import dev.sluice.models.released.ReleasedModel;
import dev.sluice.models.released.Role;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The data of a model's tensors. What a tensor holds depends on seed, name, shape and form, not on its neighbours. */
final class RandomWeights {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final NormalCodes codes = new NormalCodes();
    private final ReleasedModel model;
    private final long seed;

    RandomWeights(ReleasedModel model, long seed) {
        this.model = model;
        this.seed = seed;
    }

    /** Pieces that a tensor is made in. */
    long pieces(PlannedTensor tensor) {
        long length = tensor.role() == Role.ROUTER ? routerRows(tensor) * rowBytes(tensor) : PieceLine.PIECE;
        return (tensor.bytes() + length - 1) / length;
    }

    /**
     * Makes one piece of a tensor; any number of threads may.
     *
     * @param number which one, from 0
     * @param buffer of {@link PieceLine#PIECE} bytes
     * @return the beginning of the buffer
     */
    MemorySegment piece(PlannedTensor tensor, long number, MemorySegment buffer) {
        if (tensor.role() == Role.ROUTER) {
            return router(tensor, number, buffer);
        }
        long from = number * PieceLine.PIECE;
        MemorySegment piece = buffer.asSlice(0, Math.min(PieceLine.PIECE, tensor.bytes() - from));
        if (tensor.role() == Role.DECAY || tensor.role() == Role.TIME_STEP || tensor.type() == Dtype.F32) {
            small(tensor, piece);
        } else {
            fill(tensor, piece, RandomFill.mix(seed(tensor) + number));
        }
        return piece;
    }

    private void fill(PlannedTensor tensor, MemorySegment piece, long pieceSeed) {
        Spread spread = Spread.of(tensor, model);
        switch (tensor.part()) {
            case VALUES -> RandomFill.halves(piece, codes.values(spread), pieceSeed);
            case FP8_CODES -> RandomFill.bytes(piece, codes.fp8(), pieceSeed);
            case FP8_SCALES -> RandomFill.halves(piece, codes.fp8Scales(spread.deviation()), pieceSeed);
            case AFFINE_CODES -> {
                if (tensor.bits() == 4) {
                    RandomFill.nibbles(piece, codes.affine(4), pieceSeed);
                } else {
                    RandomFill.bytes(piece, codes.affine(8), pieceSeed);
                }
            }
            case AFFINE_SCALES ->
                RandomFill.halves(piece, codes.affineScales(spread.deviation(), tensor.bits()), pieceSeed);
            case AFFINE_BIASES ->
                RandomFill.halves(piece, codes.affineBiases(spread.deviation(), tensor.bits()), pieceSeed);
        }
    }

    /** The same draws choose a group's scale and its bias. */
    private long seed(PlannedTensor tensor) {
        String name = tensor.part() == Part.AFFINE_BIASES ? tensor.module() + ".scales" : tensor.name();
        return seed(name);
    }

    private long seed(String name) {
        long hash = RandomFill.mix(seed);
        for (int i = 0; i < name.length(); i++) {
            hash = RandomFill.mix(hash + name.charAt(i));
        }
        return hash;
    }

    private void small(PlannedTensor tensor, MemorySegment data) {
        long count = tensor.elements();
        long state = seed(tensor);
        for (int i = 0; i < count; i++) {
            state += RandomFill.STEP;
            float value = (float) value(tensor, i, RandomFill.mix(state));
            if (tensor.type() == Dtype.F32) {
                data.setAtIndex(FLOAT, i, value);
            } else {
                data.setAtIndex(SHORT, i, NormalCodes.bf16(value));
            }
        }
    }

    private double value(PlannedTensor tensor, int i, long random) {
        double normal = codes.normal((int) random & 0xFFFF);
        return switch (tensor.role()) {
            // ln U(1, 16), as the released models were initialised
            case DECAY -> StrictMath.log(1 + 15 * ((random >>> 11) * 0x1p-53));
            // softplus(-5) = 0.0067: every other head remembers for tens of tokens or more
            case TIME_STEP -> 0.5 * normal - (i % 2 == 0 ? 5 : 0);
            default -> {
                Spread spread = Spread.of(tensor, model);
                yield spread.mean() + spread.deviation() * normal;
            }
        };
    }

    private static long rowBytes(PlannedTensor tensor) {
        return tensor.bytes() / tensor.shape().getFirst();
    }

    /** Rows of a router in a piece. */
    private static long routerRows(PlannedTensor tensor) {
        return PieceLine.PIECE / rowBytes(tensor);
    }

    private MemorySegment router(PlannedTensor tensor, long number, MemorySegment buffer) {
        RouterRows rows = new RouterRows(codes, seed(tensor.module()), tensor.cols());
        long bytes = rowBytes(tensor);
        long first = number * routerRows(tensor);
        long count = Math.min(routerRows(tensor), tensor.shape().getFirst() - first);
        for (long row = 0; row < count; row++) {
            store(rows.row(first + row), tensor.part(), buffer.asSlice(row * bytes, bytes));
        }
        return buffer.asSlice(0, count * bytes);
    }

    private static void store(float[] row, Part part, MemorySegment data) {
        switch (part) {
            case VALUES -> {
                for (int i = 0; i < row.length; i++) {
                    data.setAtIndex(SHORT, i, NormalCodes.bf16(row[i]));
                }
            }
            case AFFINE_CODES -> AffineEncoding.codes(row, data);
            case AFFINE_SCALES, AFFINE_BIASES -> {
                for (int group = 0; group < row.length / AffineEncoding.GROUP; group++) {
                    AffineEncoding.Group encoded = AffineEncoding.group(row, group);
                    data.setAtIndex(SHORT, group, part == Part.AFFINE_SCALES ? encoded.scale() : encoded.bias());
                }
            }
            case FP8_CODES, FP8_SCALES -> throw new IllegalArgumentException("no release has a router in FP8");
        }
    }
}
