package dev.sluice.kernels.scalar;

import dev.sluice.kernels.Bf16;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.reference.Widen;

/**
 * One row of a matrix at a time, in order, widened to f32 on the heap; each element is the one f32 number that its form means.
 * Codes are copied for several rows at once: to a cold JVM a copy is a hundred calls, as long as widening the row. And in one
 * method for all forms, too long for C2 to put it into {@link #read}: with the copies in it, {@code read} took C2 50 ms at the
 * start, the half of what it had for all kernels.
 */
final class WidenedRow {
    private static final float[] E4M3 = e4m3();

    /** Bytes of a copy. */
    private static final int AHEAD = 16 << 10;

    private final Matrix matrix;
    private final int end;
    private final int ahead;
    private final float[] values;
    private final float[] floats;
    private final byte[] bytes;
    private final short[] shorts;

    /** Scales of the blocks of row {@code copied} and of those behind it; FP8 only. */
    private float[] scales = {};

    /** Rows {@code [copied, copiedEnd)} lie in {@code floats}, {@code shorts} or {@code bytes}. */
    private int copied;

    private int copiedEnd;

    /** Rows {@code [from, to)} of a matrix. */
    WidenedRow(Matrix matrix, int from, int to) {
        this.matrix = matrix;
        this.end = to;
        this.ahead = Math.clamp(AHEAD / Math.max(1, matrix.cols()), 1, Math.max(1, to - from));
        this.values = new float[matrix.cols()];
        int codes = ahead * matrix.cols();
        Dtype type = matrix instanceof Matrix.Dense dense ? dense.type() : null;
        this.floats = new float[type == Dtype.F32 ? codes : 0];
        this.shorts = new short[type == null || type == Dtype.F32 ? 0 : codes];
        this.bytes = new byte[type == null ? codes : 0];
    }

    private static float[] e4m3() {
        float[] out = new float[256];
        for (int code = 0; code < out.length; code++) {
            out[code] = Widen.e4m3((byte) code);
        }
        return out;
    }

    /** Row {@code row}; valid until the next call. */
    float[] read(int row) {
        if (row < copied || row >= copiedEnd) {
            copy(row);
        }
        int ordinal = row - copied;
        switch (matrix) {
            case Matrix.Dense dense -> dense(dense, ordinal * values.length);
            case Matrix.Fp8Blocks _ -> fp8(row, ordinal * values.length);
            case Matrix.AffineGroups groups -> affine(groups, row);
        }
        return values;
    }

    /** Copies the codes of a row, with those of the rows behind it. */
    private void copy(int row) {
        copied = row;
        copiedEnd = Math.min(end, row + ahead);
        int cols = matrix.cols();
        int codes = (copiedEnd - row) * cols;
        long first = (long) row * cols;
        switch (matrix) {
            case Matrix.Dense w -> {
                if (w.type() == Dtype.F32) {
                    Floats.read(w.data(), w.type().bytes(first), floats, 0, codes);
                } else {
                    Floats.readShorts(w.data(), w.type().bytes(first), shorts, codes);
                }
            }
            case Matrix.Fp8Blocks w -> {
                Floats.readBytes(w.data(), first, bytes, codes);
                int perRow = Matrix.Fp8Blocks.blocks(cols);
                int block = row / Matrix.Fp8Blocks.BLOCK;
                int blocks = (copiedEnd - 1) / Matrix.Fp8Blocks.BLOCK - block + 1;
                scales = new float[blocks * perRow];
                Floats.read(w.scales(), (long) block * perRow, scales, 0, scales.length);
            }
            case Matrix.AffineGroups w -> Floats.readBytes(w.data(), first * w.bits() / 8, bytes, codes * w.bits() / 8);
        }
    }

    private void dense(Matrix.Dense w, int first) {
        if (w.type() == Dtype.F32) {
            System.arraycopy(floats, first, values, 0, values.length);
        } else if (w.type() == Dtype.BF16) {
            bf16(shorts, first, values);
        } else {
            f16(shorts, first, values);
        }
    }

    private static void bf16(short[] stored, int from, float[] out) {
        for (int k = 0; k < out.length; k++) {
            out[k] = Bf16.toFloat(stored[from + k]);
        }
    }

    private static void f16(short[] stored, int from, float[] out) {
        for (int k = 0; k < out.length; k++) {
            out[k] = Float.float16ToFloat(stored[from + k]);
        }
    }

    private void fp8(int row, int first) {
        int block = Matrix.Fp8Blocks.BLOCK;
        int cols = values.length;
        int scale = (row / block - copied / block) * Matrix.Fp8Blocks.blocks(cols);
        for (int k = 0; k < cols; k += block) {
            fp8(bytes, first, k, Math.min(cols, k + block), scales[scale++], values);
        }
    }

    private static void fp8(byte[] codes, int first, int from, int to, float scale, float[] out) {
        float[] numbers = E4M3;
        for (int k = from; k < to; k++) {
            out[k] = numbers[codes[first + k] & 0xFF] * scale;
        }
    }

    private void affine(Matrix.AffineGroups w, int row) {
        int cols = w.cols();
        int rowBytes = cols * w.bits() / 8;
        int codes = (row - copied) * rowBytes;
        long first = (long) row * (cols / w.group());
        for (int k = 0; k < cols; k += w.group()) {
            float scale = Widen.at(w.scaleType(), w.scales(), first + k / w.group());
            float bias = Widen.at(w.scaleType(), w.biases(), first + k / w.group());
            affine(bytes, codes, w.bits(), k, k + w.group(), scale, bias, values);
        }
    }

    private static void affine(
            byte[] codes, int first, int bits, int from, int to, float scale, float bias, float[] out) {
        for (int k = from; k < to; k++) {
            int code = bits == 8 ? codes[first + k] & 0xFF : codes[first + k / 2] >> 4 * (k % 2) & 0xF;
            out[k] = Math.fma(scale, code, bias);
        }
    }
}
