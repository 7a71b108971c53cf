package dev.sluice.tools.bench;

import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.kernels.probe.FmaProbe;
import dev.sluice.kernels.probe.NativeProbe;
import dev.sluice.kernels.probe.ReadProbe;
import dev.sluice.kernels.probe.UnpackProbe;
import dev.sluice.kernels.probe.UnpackProbe.Form;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits of the machine for one number of threads, measured again in every round beside the tests: a shared machine
 * changes its speed by a factor of two, and a limit of another minute is none.
 */
final class Limits implements AutoCloseable {
    /** Larger than any cache of today by far. */
    static final long LARGE = 1280L << 20;

    /** For a first look: 1.25 GiB take some seconds to write and to read in all forms. */
    static final long SMALL = 64L << 20;

    private static final long LEAST_PER_THREAD = 64 << 10;

    /** Read in one timing where the memory is small. */
    private static final long LEAST_TIMED = 256L << 20;

    private final List<ThreadTeam> fewer = new ArrayList<>();
    private final MemorySegment anonymous;
    private final MemorySegment mapped;
    private final boolean mappedCounts;
    private final MemorySegment inUse;
    private final ReadProbe anonymousRead;
    private final ReadProbe mappedRead;
    private final ReadProbe inUseRead;
    private final String arithmetic;
    private final DoubleSupplier peak;
    private final UnpackProbe unpack;
    private final Set<Form> forms;
    private final int threads;

    /**
     * Memory to read.
     *
     * @param anonymous written once, large
     * @param mapped the model's largest file
     * @param workingSet bytes that a model uses again and again: where they fit in a cache, the cache's speed is the limit
     */
    record Memory(MemorySegment anonymous, MemorySegment mapped, long workingSet) {
        /** Takes the large memory, at most {@code most} bytes, from the arena and writes to all of it. */
        static Memory of(Arena arena, MemorySegment mapped, long workingSet, long most) {
            long bytes = Math.clamp(most, SMALL, LARGE);
            MemorySegment anonymous = arena.allocate(bytes, 4096);
            anonymous.fill((byte) 1);
            return new Memory(anonymous, mapped.asSlice(0, Math.min(mapped.byteSize(), LARGE)), workingSet);
        }
    }

    /**
     * What was measured so far, the best of all rounds.
     *
     * @param threads of the team that was measured
     * @param read of memory or file, or of the working set where that is faster; bytes a second
     * @param arithmetic what products use: "fma", f32 multiply-adds, or what a tier in C has: "bf16", pairs, or "int8", bytes
     * @param flops operations a second of that arithmetic
     * @param unpack codes of each form of the model, bytes a second; without those of products in C
     */
    record Roofline(
            int threads,
            double read,
            String readForm,
            double anonymous,
            double mapped,
            double workingSet,
            String arithmetic,
            double flops,
            Map<Form, Double> unpack) {
        /** The least time that this takes, in seconds. */
        double seconds(Traffic traffic) {
            return Math.max(Math.max(readSeconds(traffic), traffic.flops() / flops), unpackSeconds(traffic));
        }

        /** What sets the least time: read, unpack or multiply-add. */
        String bound(Traffic traffic) {
            double seconds = seconds(traffic);
            if (seconds == readSeconds(traffic)) {
                return "read";
            }
            return seconds == unpackSeconds(traffic) ? "unpack" : "multiply-add";
        }

        private double readSeconds(Traffic traffic) {
            return traffic.bytes() / read;
        }

        private double unpackSeconds(Traffic traffic) {
            double seconds = 0;
            for (Map.Entry<Form, Long> part : traffic.codes().entrySet()) {
                seconds += part.getValue() / unpack.getOrDefault(part.getKey(), Double.POSITIVE_INFINITY);
            }
            return seconds;
        }

        /** The highest rate at which these bytes can be used: of the read, or of what unpacking leaves of it. */
        double bytesPerSecond(Traffic traffic) {
            return traffic.bytes() / Math.max(readSeconds(traffic), unpackSeconds(traffic));
        }
    }

    /** @param tier of the products in C; null without */
    Limits(ThreadTeam all, Memory memory, Set<Form> forms, @Nullable NativeTier tier) {
        this.forms = unpackedInJava(forms, tier);
        this.threads = all.size();
        List<ThreadTeam> teams = new ArrayList<>();
        for (int size = 1; size < all.size(); size *= 2) {
            fewer.add(ThreadTeam.of(size));
        }
        teams.addAll(fewer);
        teams.add(all);
        this.anonymous = memory.anonymous();
        this.mapped = memory.mapped();
        // a file that fits in a cache says nothing about weights that do not
        long enough = Math.max(LEAST_PER_THREAD * all.size(), Math.min(memory.workingSet() / 2, LARGE));
        this.mappedCounts = mapped.byteSize() >= enough;
        long small = Math.clamp(memory.workingSet(), LEAST_PER_THREAD * all.size(), anonymous.byteSize());
        this.inUse = anonymous.asSlice(0, small);
        Kernels.loadVectors();
        this.anonymousRead = new ReadProbe(teams);
        this.mappedRead = new ReadProbe(teams);
        this.inUseRead = new ReadProbe(teams);
        this.arithmetic = tier == null ? "fma" : tier.label();
        this.peak = tier == null ? new FmaProbe(all)::measure : new NativeProbe(all, tier)::measure;
        this.unpack = new UnpackProbe(all);
    }

    /** In C codes are used as they are, or unpacked for many tokens at once. */
    private static Set<Form> unpackedInJava(Set<Form> forms, @Nullable NativeTier tier) {
        if (tier == null || tier == NativeTier.BF16) {
            return tier == null ? forms : Set.of();
        }
        Set<Form> others = EnumSet.copyOf(forms);
        others.removeAll(Set.of(Form.AFFINE4, Form.AFFINE8));
        return others;
    }

    /** Measures once more; the first time takes some seconds, later ones a tenth of that. */
    Roofline measure() {
        ReadProbe.Best fromMemory = anonymousRead.measure(anonymous, LEAST_TIMED);
        ReadProbe.Best best = fromMemory;
        double fromFile = 0;
        if (mappedCounts) {
            ReadProbe.Best file = mappedRead.measure(mapped, LEAST_TIMED);
            fromFile = file.bytesPerSecond();
            best = better(best, file);
        }
        double small = 0;
        if (inUse.byteSize() < anonymous.byteSize()) {
            ReadProbe.Best used = inUseRead.measure(inUse, LEAST_TIMED);
            small = used.bytesPerSecond();
            best = better(best, used);
        }
        Map<Form, Double> rates = new EnumMap<>(Form.class);
        forms.forEach(form -> rates.put(form, unpack.measure(form)));
        String form = best.threads() + (best.threads() == 1 ? " thread, " : " threads, ") + best.form();
        return new Roofline(
                threads,
                best.bytesPerSecond(),
                form,
                fromMemory.bytesPerSecond(),
                fromFile,
                small,
                arithmetic,
                peak.getAsDouble(),
                rates);
    }

    private static ReadProbe.Best better(ReadProbe.Best a, ReadProbe.Best b) {
        return a.bytesPerSecond() >= b.bytesPerSecond() ? a : b;
    }

    @Override
    public void close() {
        fewer.forEach(ThreadTeam::close);
    }
}
