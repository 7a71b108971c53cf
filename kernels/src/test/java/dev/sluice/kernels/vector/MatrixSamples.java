package dev.sluice.kernels.vector;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Matrices of every stored form with random finite contents, at any byte offset. */
public final class MatrixSamples {
    /** A way to store a matrix; {@code bits} and {@code group} are 0 unless affine. */
    public record Form(Dtype type, int bits, int group) {
        public boolean fits(int cols) {
            return group == 0 || cols % group == 0;
        }

        public long dataBytes(int rows, int cols) {
            return (long) rows * cols * (bits == 0 ? type.bits() : bits) / 8;
        }
    }

    public static final List<Form> FORMS = forms();

    private MatrixSamples() {}

    private static List<Form> forms() {
        List<Form> forms = new ArrayList<>();
        for (Dtype type : List.of(Dtype.F32, Dtype.F16, Dtype.BF16, Dtype.F8_E4M3)) {
            forms.add(new Form(type, 0, 0));
        }
        int[] groups = {32, 64, 128};
        for (int bits : new int[] {4, 8}) {
            for (int i = 0; i < groups.length; i++) {
                forms.add(new Form(List.of(Dtype.F32, Dtype.F16, Dtype.BF16).get(i), bits, groups[i]));
            }
        }
        return forms;
    }

    /** A random matrix in fresh memory, its elements {@code offset} bytes behind a 64-byte border. */
    public static Matrix random(Arena arena, Form form, int rows, int cols, int offset, Random random) {
        long bytes = form.dataBytes(rows, cols);
        return random(
                arena, form, rows, cols, arena.allocate(bytes + offset, 64).asSlice(offset), random);
    }

    /** A random matrix whose elements are {@code data}. */
    public static Matrix random(Arena arena, Form form, int rows, int cols, MemorySegment data, Random random) {
        if (form.group() > 0) {
            fillCodes(data, random);
            MemorySegment scales = numbers(arena, form.type(), rows * cols / form.group(), random);
            MemorySegment biases = numbers(arena, form.type(), rows * cols / form.group(), random);
            return new Matrix.AffineGroups(rows, cols, form.bits(), form.group(), data, form.type(), scales, biases);
        }
        if (form.type() == Dtype.F8_E4M3) {
            fillCodes(data, random);
            int blocks = Matrix.Fp8Blocks.blocks(rows) * Matrix.Fp8Blocks.blocks(cols);
            F32 scales = F32.of(numbers(arena, Dtype.F32, blocks, random));
            return new Matrix.Fp8Blocks(rows, cols, data, scales);
        }
        fillNumbers(form.type(), data, rows * cols, random);
        return new Matrix.Dense(form.type(), rows, cols, data);
    }

    /**
     * A random matrix whose last byte is the last one of its file: any touch behind it is a fault, because the map goes on
     * for a page that the file no longer has.
     */
    public static Matrix atTheEndOfAFile(Arena arena, Form form, Path folder, Random random) throws IOException {
        int page = 4096;
        int cols = form.group() == 0 ? 129 : 3 * form.group();
        long bytes = form.dataBytes(5, cols);
        try (FileChannel file = FileChannel.open(
                folder.resolve("weights"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            MemorySegment map = file.map(FileChannel.MapMode.READ_WRITE, 0, 3L * page, arena);
            file.truncate(2L * page);
            return random(arena, form, 5, cols, map.asSlice(2L * page - bytes, bytes), random);
        }
    }

    /** Random vectors that neither begin at a border nor follow each other. */
    public static Rows activations(Arena arena, int tokens, int cols, Random random) {
        F32 data = F32.allocate(arena, 5 + (long) tokens * (cols + 7));
        for (long i = 0; i < data.size(); i++) {
            data.set(i, (float) random.nextGaussian());
        }
        return new Rows(data, 5, cols + 7);
    }

    /** Any byte but the two NaN codes of E4M3. */
    private static void fillCodes(MemorySegment data, Random random) {
        for (long i = 0; i < data.byteSize(); i++) {
            byte code = (byte) random.nextInt(256);
            data.set(ValueLayout.JAVA_BYTE, i, (code & 0x7F) == 0x7F ? (byte) (code - 1) : code);
        }
    }

    private static MemorySegment numbers(Arena arena, Dtype type, int count, Random random) {
        MemorySegment out = arena.allocate(type.bytes(count), 4);
        fillNumbers(type, out, count, random);
        return out;
    }

    private static void fillNumbers(Dtype type, MemorySegment data, int count, Random random) {
        for (int i = 0; i < count; i++) {
            float value = (float) random.nextGaussian() * 0.05f;
            switch (type) {
                case F32 -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, value);
                case F16 -> data.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, Float.floatToFloat16(value));
                default ->
                    data.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i, (short) (Float.floatToIntBits(value) >>> 16));
            }
        }
    }
}
