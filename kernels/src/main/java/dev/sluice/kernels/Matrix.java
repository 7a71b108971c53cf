package dev.sluice.kernels;

import java.lang.foreign.MemorySegment;

/**
 * A weight matrix {@code [rows, cols]}, row-major, in the form in which the file stores it. Kernels multiply straight
 * from {@link #data}; nothing is expanded at load. The memory may begin at any byte offset.
 *
 * <p>Whatever the form, the value of an element is one f32 number ({@link Dense}: widened; {@link Fp8Blocks}:
 * {@code code * scale} rounded once; {@link AffineGroups}: {@code fma(scale, code, bias)}), and every product is the
 * same sum of those numbers, so the forms share one order of summation.
 */
public sealed interface Matrix {
    int rows();

    int cols();

    /** The stored elements. */
    MemorySegment data();

    /** Bytes a full pass over the matrix reads: elements, scales and biases. */
    long bytes();

    /**
     * Plain elements.
     *
     * @param type F32, F16 or BF16
     * @param data {@code rows * cols} elements
     */
    record Dense(Dtype type, int rows, int cols, MemorySegment data) implements Matrix {
        public Dense {
            if (type != Dtype.F32 && type != Dtype.F16 && type != Dtype.BF16) {
                throw new IllegalArgumentException("a dense matrix holds F32, F16 or BF16, not " + type);
            }
            Matrix.requireSize(data, type.bytes((long) rows * cols), "elements");
        }

        @Override
        public long bytes() {
            return data.byteSize();
        }
    }

    /**
     * FP8 E4M3 codes with one scale per 128 x 128 block, the last block of a row or column possibly partial
     * ({@code spec/model.md} §6.1).
     *
     * @param data {@code rows * cols} codes, one byte each
     * @param scales {@code [ceil(rows/128), ceil(cols/128)]}, widened to f32; multiply to dequantise
     * @param check what is known of the codes
     */
    record Fp8Blocks(int rows, int cols, MemorySegment data, F32 scales, CodeCheck check) implements Matrix {
        /** Rows and columns of a block. */
        public static final int BLOCK = 128;

        public Fp8Blocks {
            Matrix.requireSize(data, (long) rows * cols, "codes");
            Matrix.requireSize(scales.segment(), 4L * blocks(rows) * blocks(cols), "scales");
        }

        /** Codes that nobody has looked at yet. */
        public Fp8Blocks(int rows, int cols, MemorySegment data, F32 scales) {
            this(rows, cols, data, scales, new CodeCheck(blocks(rows)));
        }

        /** Blocks that cover {@code n} rows or columns. */
        public static int blocks(int n) {
            return (n + BLOCK - 1) / BLOCK;
        }

        @Override
        public long bytes() {
            return data.byteSize() + scales.segment().byteSize();
        }
    }

    /**
     * Affine groups as MLX writes them: {@code w = scale * code + bias} per group of consecutive columns
     * ({@code spec/model.md} §6.8). Code {@code i} of a row sits in bits {@code bits * (i mod (32/bits))} of the
     * little-endian word {@code i / (32/bits)}.
     *
     * @param bits 4 or 8
     * @param group 32, 64 or 128; divides cols
     * @param data {@code [rows, cols * bits / 32]} 32-bit words
     * @param scaleType F32, F16 or BF16: type of scales and biases
     * @param scales {@code [rows, cols / group]} as stored
     * @param biases {@code [rows, cols / group]} as stored
     */
    record AffineGroups(
            int rows,
            int cols,
            int bits,
            int group,
            MemorySegment data,
            Dtype scaleType,
            MemorySegment scales,
            MemorySegment biases)
            implements Matrix {
        public AffineGroups {
            if ((bits != 4 && bits != 8) || (group != 32 && group != 64 && group != 128) || cols % group != 0) {
                throw new IllegalArgumentException(
                        "no affine form with bits " + bits + ", group " + group + ", cols " + cols);
            }
            Matrix.requireSize(data, (long) rows * cols * bits / 8, "codes");
            Matrix.requireSize(scales, scaleType.bytes((long) rows * cols / group), "scales");
            Matrix.requireSize(biases, scaleType.bytes((long) rows * cols / group), "biases");
        }

        @Override
        public long bytes() {
            return data.byteSize() + scales.byteSize() + biases.byteSize();
        }
    }

    private static void requireSize(MemorySegment segment, long bytes, String what) {
        if (!segment.isNative() || segment.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    what + ": need " + bytes + " native bytes, got " + segment.byteSize() + " in " + segment);
        }
    }
}
