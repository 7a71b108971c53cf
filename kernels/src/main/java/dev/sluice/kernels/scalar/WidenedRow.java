package dev.sluice.kernels.scalar;

import dev.sluice.kernels.Bf16;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.reference.Widen;

/**
 * One row of a matrix at a time, in order, widened to f32 on the heap; each element is the one f32 number that its form means.
 * Codes are copied for several rows at once: to a cold JVM a copy is a hundred calls, as long as widening the row.
 */
final class WidenedRow {
    private static final float[] E4M3 = e4m3();

    /** Bytes of a copy. */
    private static final int AHEAD = 16 << 10;

    private final Matrix matrix;
    private final int end;
    private final int ahead;
    private final float[] values;
    private final byte[] bytes;
    private final short[] shorts;

    /** Scales of the blocks that row {@code scaledBlock * BLOCK} begins; FP8 only. */
    private final float[] scale;

    private int scaledBlock = -1;

    /** Rows {@code [copied, copiedEnd)} lie in {@code bytes} or {@code shorts}. */
    private int copied;

    private int copiedEnd;

    /** Rows {@code [from, to)} of a matrix. */
    WidenedRow(Matrix matrix, int from, int to) {
        this.matrix = matrix;
        this.end = to;
        this.ahead = Math.clamp(AHEAD / Math.max(1, matrix.cols()), 1, Math.max(1, to - from));
        this.values = new float[matrix.cols()];
        this.bytes = new byte[matrix instanceof Matrix.Dense ? 0 : ahead * matrix.cols()];
        this.shorts = new short[matrix instanceof Matrix.Dense ? ahead * matrix.cols() : 0];
        this.scale = new float[matrix instanceof Matrix.Fp8Blocks ? Matrix.Fp8Blocks.blocks(matrix.cols()) : 0];
    }

    private static float[] e4m3() {
        float[] out = new float[256];
        for (int code = 0; code < out.length; code++) {
            out[code] = Widen.e4m3((byte) code);
        }
        return out;
    }

    /** Whether the codes of a row are still to be copied, with those of the rows behind it. */
    private boolean copies(int row) {
        if (row >= copied && row < copiedEnd) {
            return false;
        }
        copied = row;
        copiedEnd = Math.min(end, row + ahead);
        return true;
    }

    /** Row {@code row}; valid until the next call. */
    float[] read(int row) {
        switch (matrix) {
            case Matrix.Dense dense -> dense(dense, row);
            case Matrix.Fp8Blocks blocks -> fp8(blocks, row);
            case Matrix.AffineGroups groups -> affine(groups, row);
        }
        return values;
    }

    private void dense(Matrix.Dense w, int row) {
        long at = w.type().bytes((long) row * w.cols());
        if (w.type() == Dtype.F32) {
            Floats.read(w.data(), at, values, 0, w.cols());
            return;
        }
        if (copies(row)) {
            Floats.readShorts(w.data(), at, shorts, (copiedEnd - row) * w.cols());
        }
        int first = (row - copied) * w.cols();
        if (w.type() == Dtype.BF16) {
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

    private void fp8(Matrix.Fp8Blocks w, int row) {
        int block = Matrix.Fp8Blocks.BLOCK;
        int cols = w.cols();
        if (copies(row)) {
            Floats.readBytes(w.data(), (long) row * cols, bytes, (copiedEnd - row) * cols);
        }
        int first = (row - copied) * cols;
        int scales = Matrix.Fp8Blocks.blocks(cols);
        if (row / block != scaledBlock) {
            scaledBlock = row / block;
            Floats.read(w.scales(), (long) scaledBlock * scales, scale, 0, scales);
        }
        for (int k = 0; k < cols; k += block) {
            fp8(bytes, first, k, Math.min(cols, k + block), scale[k / block], values);
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
        if (copies(row)) {
            Floats.readBytes(w.data(), (long) row * rowBytes, bytes, (copiedEnd - row) * rowBytes);
        }
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
