package dev.sluice.kernels.start;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.vector.MatrixSamples;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * Multiplies by every form of matrix in every way and cuts the file under it: once after two products, while the kernels
 * are interpreted, and once when the vector kernel has won. A process of its own, because the failure it looks for is the
 * death of the JVM: {@code main FOLDER} prints a line for each cut.
 */
final class MappedFaults {
    private static final int ROWS = 24;
    private static final int COLS = 1024;
    /** From the stored weights, from chunks of two and of four tokens, and from panels. */
    private static final int[] TOKENS = {1, 2, 4, 8};

    private final StartingMatMul matMul;
    private final Path folder;

    private MappedFaults(Path folder) {
        this.folder = folder;
        Kernels vector = Kernels.vector();
        int width = Integer.parseInt(vector.name().substring("vector-".length())) / 32;
        this.matMul = (StartingMatMul)
                StartingKernels.of(width, new VectorTier(() -> vector, 0)).matMul();
    }

    public static void main(String[] args) throws IOException {
        MappedFaults faults = new MappedFaults(Path.of(args[0]));
        for (MatrixSamples.Form form : MatrixSamples.FORMS) {
            for (int tokens : TOKENS) {
                System.out.println(form + " x " + tokens + ", at once: " + faults.cut(form, tokens, false));
                System.out.println(form + " x " + tokens + ", compiled: " + faults.cut(form, tokens, true));
            }
        }
    }

    /** What a product throws once its file is empty. */
    private String cut(MatrixSamples.Form form, int tokens, boolean compiled) throws IOException {
        long bytes = form.dataBytes(ROWS, COLS);
        try (Arena arena = Arena.ofConfined();
                FileChannel file = FileChannel.open(
                        folder.resolve("weights"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            MemorySegment map = file.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
            Matrix w = MatrixSamples.random(arena, form, ROWS, COLS, map, new Random(1));
            Rows x = Rows.of(F32.allocate(arena, (long) tokens * COLS), COLS);
            Rows y = Rows.of(F32.allocate(arena, (long) tokens * ROWS), ROWS);
            F32 scratch = F32.allocate(arena, MatMul.scratch(COLS));
            for (int i = 0; i < 2 || compiled && !matMul.won(w, tokens); i++) {
                multiply(w, x, y, tokens, scratch);
            }
            file.truncate(0);
            return thrown(w, x, y, tokens, scratch);
        }
    }

    private void multiply(Matrix w, Rows x, Rows y, int tokens, F32 scratch) {
        matMul.multiply(w, x, 0, y, 0, tokens, 0, ROWS, scratch);
    }

    /** The JVM throws at the next point where it can stop the thread; a native call is one. */
    private String thrown(Matrix w, Rows x, Rows y, int tokens, F32 scratch) {
        try {
            multiply(w, x, y, tokens, scratch);
            Thread.yield();
            return "nothing";
        } catch (InternalError e) {
            return "InternalError";
        }
    }
}
