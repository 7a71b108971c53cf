package dev.sluice.bench;

import dev.sluice.kernels.Attention;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.KvPages;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.kernels.probe.FmaProbe;
import dev.sluice.kernels.probe.ReadProbe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Attention at depth on all threads: decoding against the read of memory, a chunk of a prompt against the peak of f32
 * multiply-adds. KV heads go round over the threads, as in a model; caches of several layers are used in turn, so that
 * none stays in a cache of the processor.
 */
public final class AttentionRoofline {
    private static final int KEYS = 16_384;
    private static final long LEAST_BYTES = 768L << 20;
    private static final int CHUNK = 512;
    private static final int TILE = 32;

    private AttentionRoofline() {}

    /** Query heads of a KV head, KV heads, head dimension, as in a released model. */
    private record Shape(String model, int heads, int kvHeads, int dim) {
        long cacheBytes() {
            return 2L * 2 * kvHeads * dim * KEYS;
        }
    }

    private static final List<Shape> SHAPES = List.of(
            new Shape("qwen3-0.6b", 2, 8, 128),
            new Shape("qwen3-32b", 8, 8, 128),
            new Shape("qwen3.5-0.8b", 4, 2, 256),
            new Shape("qwen3-next-80b-a3b", 8, 2, 256));

    public static void main(String[] args) {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        Attention attention = Kernels.vector().attention();
        try (Arena arena = Arena.ofShared();
                ThreadTeam team = ThreadTeam.of(ThreadTeam.defaultSize())) {
            F32[] scratch = new F32[team.size()];
            for (int i = 0; i < scratch.length; i++) {
                scratch[i] = F32.allocate(arena, Attention.scratch(256));
            }
            FmaProbe fma = new FmaProbe(team);
            ReadProbe read = new ReadProbe(List.of(team));
            for (Shape shape : SHAPES) {
                try (Arena caches = Arena.ofShared()) {
                    List<KvPages> layers = layers(caches, shape);
                    Rows q = Rows.of(
                            noise(caches, (long) CHUNK * shape.heads * shape.kvHeads * shape.dim),
                            shape.heads * shape.kvHeads * shape.dim);
                    Rows o = Rows.allocate(caches, CHUNK, shape.heads * shape.kvHeads * shape.dim);
                    MemorySegment memory = caches.allocate(LEAST_BYTES, 64).fill((byte) 1);
                    double bytes = 0;
                    double flops = 0;
                    double peakRead = 0;
                    double peakFma = 0;
                    for (int round = 0; round < rounds; round++) {
                        peakRead = read.measure(memory, LEAST_BYTES).bytesPerSecond();
                        peakFma = fma.measure();
                        long start = System.nanoTime();
                        for (KvPages kv : layers) {
                            run(attention, team, shape, kv, q, o, KEYS - 1, 1, scratch);
                        }
                        double seconds = (System.nanoTime() - start) / 1e9;
                        bytes = Math.max(bytes, layers.size() * shape.cacheBytes() / seconds);
                        start = System.nanoTime();
                        if (!Boolean.getBoolean("decode"))
                            run(attention, team, shape, layers.getFirst(), q, o, KEYS - CHUNK, CHUNK, scratch);
                        seconds = (System.nanoTime() - start) / 1e9;
                        double seen = CHUNK * (KEYS - (CHUNK - 1) / 2.0);
                        flops = Math.max(flops, 4.0 * shape.dim * shape.heads * shape.kvHeads * seen / seconds);
                    }
                    System.out.printf(
                            "%-20s %d x %d heads of %d: decoding %5.1f GB/s of %5.1f (%3.0f %%), %d tokens %6.1f GFLOP/s of %6.1f (%3.0f %%)%n",
                            shape.model,
                            shape.kvHeads,
                            shape.heads,
                            shape.dim,
                            bytes / 1e9,
                            peakRead / 1e9,
                            100 * bytes / peakRead,
                            CHUNK,
                            flops / 1e9,
                            peakFma / 1e9,
                            100 * flops / peakFma);
                }
            }
        }
    }

    private static void run(
            Attention attention,
            ThreadTeam team,
            Shape shape,
            KvPages kv,
            Rows q,
            Rows o,
            int position,
            int tokens,
            F32[] scratch) {
        float scale = (float) (1 / Math.sqrt(shape.dim));
        int tiles = (tokens + TILE - 1) / TILE;
        team.run((member, members) -> {
            for (int unit = member; unit < tiles * shape.kvHeads; unit += members) {
                int first = unit / shape.kvHeads * TILE;
                int count = Math.min(TILE, tokens - first);
                int head = unit % shape.kvHeads;
                attention.attend(
                        kv,
                        head,
                        q,
                        shape.dim,
                        o,
                        first,
                        count,
                        head * shape.heads,
                        shape.heads,
                        position + first,
                        scale,
                        scratch[member]);
            }
        });
    }

    private static List<KvPages> layers(Arena arena, Shape shape) {
        List<KvPages> layers = new ArrayList<>();
        MemorySegment page = MemorySegment.NULL;
        for (long bytes = 0; bytes < LEAST_BYTES; bytes += shape.cacheBytes()) {
            KvPages kv = new KvPages(arena, Dtype.BF16, shape.kvHeads, shape.dim);
            kv.extendTo(KEYS);
            if (layers.isEmpty()) {
                page = kv.page(0);
                SplittableRandom random = new SplittableRandom(1);
                for (long at = 0; at < page.byteSize(); at += 2) {
                    short value = (short) (Float.floatToRawIntBits(random.nextFloat() - 0.5f) >>> 16);
                    page.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, value);
                }
            }
            for (int i = 0; i < kv.pages(); i++) {
                MemorySegment.copy(page, 0, kv.page(i), 0, page.byteSize());
            }
            layers.add(kv);
        }
        return layers;
    }

    private static F32 noise(Arena arena, long n) {
        F32 out = F32.allocate(arena, n);
        SplittableRandom random = new SplittableRandom(2);
        for (long i = 0; i < n; i++) {
            out.set(i, random.nextFloat() - 0.5f);
        }
        return out;
    }
}
