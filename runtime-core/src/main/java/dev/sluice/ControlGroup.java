package dev.sluice;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The limits of this process's control group and of all that it lies in; the tightest counts. Memory may be governed by
 * version 1 where the system still mounts that.
 */
record ControlGroup(SystemFiles files) {
    private static final String ROOT = "sys/fs/cgroup";
    private static final String MEMORY_ROOT = ROOT + "/memory";
    private static final Pattern MEMORY_OF_VERSION_1 = Pattern.compile("\\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)");

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

    private Stream<MemoryGroup> memoryGroups() {
        Stream<MemoryGroup> old = files.lines("proc/self/cgroup").stream()
                .map(MEMORY_OF_VERSION_1::matcher)
                .filter(Matcher::matches)
                .flatMap(line -> groups(MEMORY_ROOT, line.group(1)).stream())
                .map(folder -> new MemoryGroup(folder, VERSION_1));
        return Stream.concat(groups().stream().map(folder -> new MemoryGroup(folder, VERSION_2)), old);
    }

    /** Bytes; empty without a limit. */
    OptionalLong memoryLimit() {
        return memoryGroups()
                .map(this::limit)
                .flatMapToLong(OptionalLong::stream)
                .min();
    }

    /** Version 1 writes a limit near the largest number where there is none. */
    private OptionalLong limit(MemoryGroup group) {
        OptionalLong limit = files.number(group.folder() + "/" + group.names().limit());
        return limit.isPresent() && limit.getAsLong() < Long.MAX_VALUE >> 1 ? limit : OptionalLong.empty();
    }

    /** Bytes that can still be had; empty without a limit. */
    OptionalLong memoryLeft() {
        return memoryGroups().flatMapToLong(this::left).min();
    }

    private LongStream left(MemoryGroup group) {
        OptionalLong limit = limit(group);
        OptionalLong used = files.number(group.folder() + "/" + group.names().used());
        if (limit.isEmpty() || used.isEmpty()) {
            return LongStream.empty();
        }
        // mapped weights count as used although the kernel can drop them at any time
        String parts = group.folder() + "/memory.stat";
        long droppable = files.numberAfter(parts, group.names().inactive()).orElse(0)
                + files.numberAfter(parts, group.names().active()).orElse(0);
        return LongStream.of(Math.max(0, limit.getAsLong() - used.getAsLong() + droppable));
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
