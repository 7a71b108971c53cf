package dev.sluice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Memory that can still be had: what Linux and the control group of this process say; elsewhere no limit is known. */
public final class AvailableMemory {
    private static final Path GROUP = Path.of("/sys/fs/cgroup");

    private AvailableMemory() {}

    /** Bytes, or {@link Long#MAX_VALUE} when unknown. */
    public static long bytes() {
        long machine = field(Path.of("/proc/meminfo"), "MemAvailable:").orElse(Long.MAX_VALUE / 1024) * 1024;
        OptionalLong limit = number(GROUP.resolve("memory.max"));
        OptionalLong used = number(GROUP.resolve("memory.current"));
        if (limit.isEmpty() || used.isEmpty()) {
            return machine;
        }
        // mapped weights count as used although the kernel can drop them at any time
        long droppable = field(GROUP.resolve("memory.stat"), "inactive_file").orElse(0)
                + field(GROUP.resolve("memory.stat"), "active_file").orElse(0);
        return Math.min(machine, Math.max(0, limit.getAsLong() - used.getAsLong() + droppable));
    }

    private static OptionalLong number(Path file) {
        try {
            String text = Files.readString(file).strip();
            return text.equals("max") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** The number after {@code name} at the beginning of a line. */
    private static OptionalLong field(Path file, String name) {
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split("\\s+", -1);
                if (words.length > 1 && words[0].equals(name)) {
                    return OptionalLong.of(Long.parseLong(words[1]));
                }
            }
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }
}
