package dev.sluice.bench;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.kernels.probe.ReadProbe;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Matrix-vector products on a mapped matrix far beyond the caches, at a file offset of 8 mod 64, against the best plain
 * streaming read of the same bytes. Everything is interleaved and the best of the rounds counts: the machine is shared.
 */
public final class MatVecRoofline {
    private static final int COLS = 4096;
    private static final long BYTES = 1100L << 20;
    private static final int HEADER = 8;
    private static final int ORACLE_ROWS = 512;

    private final PrintStream out;
    private final MemorySegment data;
    private final Arena arena;
    private final F32 x;
    private final F32 y;

    private MatVecRoofline(PrintStream out, MemorySegment data, Arena arena) {
        this.out = out;
        this.data = data;
        this.arena = arena;
        this.x = F32.allocate(arena, COLS);
        this.y = F32.allocate(arena, BYTES / COLS);
        for (int i = 0; i < COLS; i++) {
            x.set(i, (float) Math.sin(i));
        }
    }

    public static void main(String[] args) throws IOException {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 12;
        Path file = Files.createTempFile("sluice-matvec", ".bin");
        try (Arena arena = Arena.ofShared()) {
            new MatVecRoofline(System.out, map(file, arena), arena).run(rounds);
        } finally {
            Files.delete(file);
        }
    }

    /** Finite normal numbers in BF16 and, byte by byte, in E4M3: of real codes one in 10,000 is subnormal. */
    private static MemorySegment map(Path file, Arena arena) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            MemorySegment all = channel.map(FileChannel.MapMode.READ_WRITE, 0, HEADER + BYTES, arena);
            long state = 1;
            for (long at = HEADER; at < all.byteSize(); at += 8) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                all.set(ValueLayout.JAVA_LONG_UNALIGNED, at, (state & 0x80F780F780F780F7L) | 0x3F103F103F103F10L);
            }
            return all.asSlice(HEADER);
        }
    }

    private void run(int rounds) {
        int cores = ThreadTeam.defaultSize();
        Matrix bf16 = new Matrix.Dense(Dtype.BF16, (int) (BYTES / 2 / COLS), COLS, data);
        int rows = (int) (BYTES / COLS);
        F32 scales = F32.allocate(arena, (long) rows / 128 * (COLS / 128));
        for (long i = 0; i < scales.size(); i++) {
            scales.set(i, 0.01f);
        }
        Matrix fp8 = new Matrix.Fp8Blocks(rows, COLS, data, scales);
        Kernels vector = Kernels.vector();
        Kernels plain = Kernels.plain();
        double[] best = new double[5];
        ReadProbe.Best limit = new ReadProbe.Best(0, 0, "");
        try (ThreadTeam one = ThreadTeam.of(1);
                ThreadTeam all = ThreadTeam.of(cores)) {
            ReadProbe read = new ReadProbe(List.of(one, all));
            for (int round = 0; round < rounds; round++) {
                limit = read.measure(data, BYTES);
                keep(best, 4, read.plain(data));
                keep(best, 0, BYTES / seconds(vector, bf16, bf16.rows(), all));
                keep(best, 1, BYTES / seconds(vector, fp8, rows, all));
                keep(best, 2, 2.0 * COLS * ORACLE_ROWS / seconds(plain, bf16, ORACLE_ROWS, all));
                keep(best, 3, 1.0 * COLS * ORACLE_ROWS / seconds(plain, fp8, ORACLE_ROWS, all));
            }
        }
        out.printf(
                "%s, %d threads, %d MiB at offset %d mod 64, best of %d%n",
                vector.name(), cores, BYTES >> 20, data.address() % 64, rounds);
        out.printf(
                "streaming read     %6.1f GB/s, %d threads, %s%n",
                limit.bytesPerSecond() / 1e9, limit.threads(), limit.form());
        out.printf("plain read         %6.1f GB/s, one stream a thread%n", best[4] / 1e9);
        print("BF16 matrix-vector", best[0], limit.bytesPerSecond(), best[4], best[2]);
        print("FP8 matrix-vector", best[1], limit.bytesPerSecond(), best[4], best[3]);
    }

    private void print(String name, double rate, double limit, double plain, double oracle) {
        out.printf(
                "%-18s %6.1f GB/s, %3.0f %% of the best read, %3.0f %% of the plain one, %.0f times the plain kernel%n",
                name, rate / 1e9, 100 * rate / limit, 100 * rate / plain, rate / oracle);
    }

    private static void keep(double[] best, int at, double rate) {
        best[at] = Math.max(best[at], rate);
    }

    private double seconds(Kernels kernels, Matrix w, int rows, ThreadTeam team) {
        F32[] scratch = new F32[team.size()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = F32.allocate(arena, MatMul.scratch(COLS));
        }
        Rows in = Rows.of(x, COLS);
        Rows result = Rows.of(y, w.rows());
        long start = System.nanoTime();
        team.run((member, members) -> kernels.matMul()
                .multiply(
                        w,
                        in,
                        0,
                        result,
                        0,
                        1,
                        rows / members * member,
                        rows / members * (member + 1),
                        scratch[member]));
        return (System.nanoTime() - start) / 1e9;
    }
}
