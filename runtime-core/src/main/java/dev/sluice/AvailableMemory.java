package dev.sluice;

import java.util.OptionalLong;

/** Memory that can still be had: what Linux and the control groups of this process say; elsewhere no limit is known. */
final class AvailableMemory {
    private AvailableMemory() {}

    /** Bytes, or {@link Long#MAX_VALUE} when unknown. */
    static long bytes() {
        return bytes(SystemFiles.ofThisMachine());
    }

    static long bytes(SystemFiles files) {
        OptionalLong machine = files.numberAfter("proc/meminfo", "MemAvailable:");
        long group = new ControlGroup(files).memoryLeft().orElse(Long.MAX_VALUE);
        return machine.isPresent() ? Math.min(machine.getAsLong() * 1024, group) : group;
    }
}
