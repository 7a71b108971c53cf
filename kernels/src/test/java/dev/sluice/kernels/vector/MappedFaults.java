package dev.sluice.kernels.vector;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * Runs every way through every form of matrix until it is compiled, then cuts the file under it. A process of its own,
 * because the failure it looks for is the death of the JVM: {@code main FOLDER} prints a line for each way.
 */
final class MappedFaults {
    private static final int ROWS = 24;
    private static final int COLS = 1024;
    /** From the stored weights, and from rows widened before. */
    private static final int[] TOKENS = {1, 8};

    private static final long WARM_CPU_NANOS = 120_000_000;

    private final MatMul matMul = new VectorMatMul();
    private final Path folder;

    private MappedFaults(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws IOException {
        MappedFaults faults = new MappedFaults(Path.of(args[0]));
        for (MatrixSamples.Form form : MatrixSamples.FORMS) {
            for (int tokens : TOKENS) {
                System.out.println(form + " x " + tokens + ": " + faults.cut(form, tokens));
            }
        }
    }

    /** What a product throws once its file is empty. */
    private String cut(MatrixSamples.Form form, int tokens) throws IOException {
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
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long start = threads.getCurrentThreadCpuTime();
            while (threads.getCurrentThreadCpuTime() - start < WARM_CPU_NANOS) {
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
