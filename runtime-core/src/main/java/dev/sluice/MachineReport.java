package dev.sluice;

import dev.sluice.kernels.CpuTopology;
import dev.sluice.kernels.Kernels;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What this machine and this JVM offer, and what of it makes models slow.
 *
 * @param compiler path of a C compiler; null when none is on the PATH. Sluice needs none
 * @param refusals why activations cannot be rounded so here, as "needs ..."; without those that can
 * @param findings what is slow or limited, and why; the worst first
 */
public record MachineReport(
        Jvm jvm,
        Cpu cpu,
        Memory memory,
        List<Disk> disks,
        @Nullable String compiler,
        Map<ActivationType, String> refusals,
        List<Finding> findings) {
    /**
     * The virtual machine.
     *
     * @param mode how code runs, such as {@code mixed mode, sharing}
     * @param flags options it was started with; empty when the system does not tell
     * @param maxHeap bytes
     */
    public record Jvm(String version, String vendor, String name, String mode, List<String> flags, long maxHeap) {}

    /**
     * The processors.
     *
     * @param model name of the processor, empty when unknown
     * @param kernels that run, such as {@code vector-512} or {@code plain}
     * @param vectorBits of a vector in them; 0 when they use none
     * @param widestBits that the processor has; 0 when unknown
     * @param processors that are switched on
     * @param allowed those of them that affinity allows
     * @param cores physical ones among those, and no more than the quota grants
     * @param quota processors' time that the control group grants; null without a limit
     * @param threads that compute unless told otherwise
     * @param nodes of memory; 1 but on machines of several sockets
     * @param load tasks that ran or waited in the last minute, on average; negative when unknown
     * @param governor of the clock, empty when unknown
     */
    public record Cpu(
            String model,
            String kernels,
            int vectorBits,
            int widestBits,
            int processors,
            int allowed,
            int cores,
            @Nullable Double quota,
            int threads,
            int nodes,
            double load,
            String governor) {}

    /**
     * Memory in bytes.
     *
     * @param total of the machine; 0 when unknown
     * @param available without swapping; {@link Long#MAX_VALUE} when unknown
     * @param limit of the control group; null without one
     * @param hugePages when the system uses transparent huge pages: always, madvise or never; empty when unknown
     */
    public record Memory(
            long total, long available, @Nullable Long limit, String hugePages) {}

    /**
     * A folder's disk.
     *
     * @param type of the file system, such as {@code ext4}
     * @param free bytes that this user can still write
     */
    public record Disk(Path folder, String type, long free) {}

    /**
     * Something worth knowing.
     *
     * @param slow it costs speed now; otherwise it only limits
     * @param text what it is, why it matters, and what to do
     */
    public record Finding(boolean slow, String text) {}

    public MachineReport {
        disks = List.copyOf(disks);
        refusals = Map.copyOf(refusals);
        findings = List.copyOf(findings);
    }

    /**
     * Looks around; starts no threads and reads no model.
     *
     * @param folders whose disks matter, the first on each is named; those that do not exist are passed over
     * @param environment names the {@code PATH}
     */
    public static MachineReport of(List<Path> folders, Map<String, String> environment) {
        var facts = new MachineFacts(SystemFiles.ofThisMachine(), CpuTopology.ofThisMachine());
        Jvm jvm = MachineFacts.jvm();
        Cpu cpu = facts.cpu(Kernels.best().name());
        Memory memory = facts.memory();
        List<Disk> disks = MachineFacts.disks(folders);
        return new MachineReport(
                jvm,
                cpu,
                memory,
                disks,
                MachineFacts.compiler(environment.getOrDefault("PATH", "")),
                refused(),
                MachineFindings.of(jvm, cpu, memory, disks));
    }

    private static Map<ActivationType, String> refused() {
        Map<ActivationType, String> refusals = new EnumMap<>(ActivationType.class);
        for (ActivationType type : ActivationType.values()) {
            type.tier().flatMap(Kernels::refusal).ifPresent(reason -> refusals.put(type, reason));
        }
        return refusals;
    }
}
