package dev.sluice;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** The limits of this process's control group (version 2) and of all that it lies in; the tightest counts. */
record ControlGroup(SystemFiles files) {
    private static final String ROOT = "sys/fs/cgroup";

    /** Folders from the process's own group up to the root. */
    private List<String> groups() {
        String path = files.field("proc/self/cgroup", "0::").orElse("/");
        List<String> groups = new ArrayList<>();
        for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
            groups.add(ROOT + path.substring(0, end));
        }
        groups.add(ROOT);
        return groups;
    }

    /** Bytes; empty without a limit. */
    OptionalLong memoryLimit() {
        return groups().stream()
                .map(group -> files.number(group + "/memory.max"))
                .flatMapToLong(OptionalLong::stream)
                .min();
    }

    /** Bytes that can still be had; empty without a limit. */
    OptionalLong memoryLeft() {
        return groups().stream().flatMapToLong(this::left).min();
    }

    private LongStream left(String group) {
        OptionalLong limit = files.number(group + "/memory.max");
        OptionalLong used = files.number(group + "/memory.current");
        if (limit.isEmpty() || used.isEmpty()) {
            return LongStream.empty();
        }
        // mapped weights count as used although the kernel can drop them at any time
        long droppable = files.numberAfter(group + "/memory.stat", "inactive_file ")
                        .orElse(0)
                + files.numberAfter(group + "/memory.stat", "active_file ").orElse(0);
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
