package dev.sluice;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.DoubleStream;

/**
 * The limits of this process's control group and of all that it lies in; the tightest counts. Memory may be governed by
 * version 1 where the system still mounts that.
 */
record ControlGroup(SystemFiles files) {
    private static final String ROOT = "sys/fs/cgroup";
    private static final String MEMORY_ROOT = ROOT + "/memory";

    /** How a version calls limit, use, and the parts of it that mapped files take. */
    private record Names(String limit, String used, String inactive, String active) {}

    private static final Names VERSION_2 = new Names("memory.max", "memory.current", "inactive_file ", "active_file ");
    private static final Names VERSION_1 =
            new Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ", "total_active_file ");

    /** A group that counts memory: its folder, and how its files are called. */
    private record MemoryGroup(String folder, Names names) {}

    /** Folders from the process's own group up to the root. */
    private List<String> groups() {
        return groups(ROOT, files.field("proc/self/cgroup", "0::").orElse("/"));
    }

    private static List<String> groups(String root, String path) {
        List<String> groups = new ArrayList<>();
        for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            groups.add(root + path.substring(0, end));
        }
        groups.add(root);
        return groups;
    }

    /** Loops and no streams here: asked at every start, which they made 3 ms longer. */
    private List<MemoryGroup> memoryGroups() {
        List<MemoryGroup> all = new ArrayList<>();
        addTo(all, groups(), VERSION_2);
        for (String line : files.lines("proc/self/cgroup")) {
            // number:controllers:path
            int controllers = line.indexOf(':') + 1;
            int path = line.indexOf(':', controllers) + 1;
            if (path > 0 && ("," + line.substring(controllers, path - 1) + ",").contains(",memory,")) {
                addTo(all, groups(MEMORY_ROOT, line.substring(path)), VERSION_1);
            }
        }
        return all;
    }

    private static void addTo(List<MemoryGroup> all, List<String> folders, Names names) {
        for (String folder : folders) {
            all.add(new MemoryGroup(folder, names));
        }
    }

    /** Bytes; empty without a limit. */
    OptionalLong memoryLimit() {
        OptionalLong least = OptionalLong.empty();
        for (MemoryGroup group : memoryGroups()) {
            least = min(least, limit(group));
        }
        return least;
    }

    private static OptionalLong min(OptionalLong a, OptionalLong b) {
        return a.isEmpty() || (b.isPresent() && b.getAsLong() < a.getAsLong()) ? b : a;
    }

    /** Version 1 writes a limit near the largest number where there is none. */
    private OptionalLong limit(MemoryGroup group) {
        OptionalLong limit = files.number(group.folder() + "/" + group.names().limit());
        return limit.isPresent() && limit.getAsLong() < Long.MAX_VALUE >> 1 ? limit : OptionalLong.empty();
    }

    /** Bytes that can still be had; empty without a limit. */
    OptionalLong memoryLeft() {
        OptionalLong least = OptionalLong.empty();
        for (MemoryGroup group : memoryGroups()) {
            least = min(least, left(group));
        }
        return least;
    }

    private OptionalLong left(MemoryGroup group) {
        OptionalLong limit = limit(group);
        if (limit.isEmpty()) {
            return limit;
        }
        OptionalLong used = files.number(group.folder() + "/" + group.names().used());
        if (used.isEmpty()) {
            return used;
        }
        // mapped weights count as used although the kernel can drop them at any time
        String parts = group.folder() + "/memory.stat";
        long droppable = files.numberAfter(parts, group.names().inactive()).orElse(0)
                + files.numberAfter(parts, group.names().active()).orElse(0);
        return OptionalLong.of(Math.max(0, limit.getAsLong() - used.getAsLong() + droppable));
    }

    /** Processors' time that may be used, such as 1.5; empty without a limit. */
    OptionalDouble processors() {
        return groups().stream().flatMapToDouble(this::quota).min();
    }

    /** {@code cpu.max} is a quota and a period, or "max" and a period. */
    private DoubleStream quota(String group) {
        String[] words = files.text(group + "/cpu.max").orElse("max").split("\\s+", -1);
        try {
            return words.length == 2 && !words[0].equals("max")
                    ? DoubleStream.of(Double.parseDouble(words[0]) / Double.parseDouble(words[1]))
                    : DoubleStream.empty();
        } catch (NumberFormatException e) {
            return DoubleStream.empty();
        }
    }
}
