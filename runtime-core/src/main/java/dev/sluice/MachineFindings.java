package dev.sluice;

import dev.sluice.MachineReport.Cpu;
import dev.sluice.MachineReport.Disk;
import dev.sluice.MachineReport.Finding;
import dev.sluice.MachineReport.Jvm;
import dev.sluice.MachineReport.Memory;
import dev.sluice.kernels.SlowPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What of a machine makes models slow, and what can be done about it. */
final class MachineFindings {
    private static final double GIB = 1 << 30;
    private static final Set<String> NETWORK =
            Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "ceph", "lustre", "afpfs");

    private final List<Finding> findings = new ArrayList<>();

    private MachineFindings() {}

    /** Slow things first. */
    static List<Finding> of(Jvm jvm, Cpu cpu, Memory memory, List<Disk> disks) {
        MachineFindings all = new MachineFindings();
        all.jvm(jvm);
        all.vectors(cpu);
        all.cores(cpu);
        all.memory(memory);
        disks.forEach(all::disk);
        all.findings.sort(Comparator.comparing(finding -> !finding.slow()));
        return all.findings;
    }

    private void slow(String text) {
        findings.add(new Finding(true, text));
    }

    private void note(String text) {
        findings.add(new Finding(false, text));
    }

    private static String two(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private void jvm(Jvm jvm) {
        if (jvm.mode().contains("interpreted")) {
            slow("The JVM compiles nothing (-Xint), which is hundreds of times slower. Remove that option.");
        } else if (jvm.mode().contains("emulated-client")) {
            slow("The JVM uses its quick compiler only, which makes objects of every vector: many times slower. Remove"
                    + " -XX:TieredStopAtLevel and -client.");
        }
        if (!jvm.name().contains("Server VM")) {
            slow(jvm.name()
                    + " is not HotSpot. The vector kernels are written for HotSpot's compiler; use an OpenJDK 25"
                    + " build such as Temurin.");
        }
    }

    private void vectors(Cpu cpu) {
        if (cpu.vectorBits() == 0) {
            slow(SlowPath.VECTOR_MODULE_ABSENT.message());
        } else if (cpu.vectorBits() < cpu.widestBits()) {
            slow("Vectors of " + cpu.vectorBits() + " bits are used, and this processor has " + cpu.widestBits()
                    + ". Remove -XX:UseAVX and -XX:MaxVectorSize from the JVM's options; without them the JVM avoids wide"
                    + " vectors on processors that slow down with them.");
        }
    }

    private void cores(Cpu cpu) {
        Double quota = cpu.quota();
        if (quota != null && quota < cpu.threads()) {
            slow("The control group grants the time of " + two(quota) + " processors to " + cpu.threads()
                    + " threads, which stop together when it is used up. Raise the limit, or use -t "
                    + Math.max(1, quota.intValue()) + ".");
        } else if (quota != null && quota < cpu.allowed()) {
            note("The control group grants the time of " + two(quota) + " of " + cpu.allowed() + " processors.");
        }
        if (cpu.allowed() < cpu.processors()) {
            note("Affinity allows " + cpu.allowed() + " of " + cpu.processors() + " processors.");
        }
        if (cpu.load() > cpu.allowed()) {
            slow("In the last minute " + two(cpu.load()) + " tasks wanted " + cpu.allowed()
                    + " processors. The threads of Sluice wait for each other, so one that loses its processor delays"
                    + " all: end other programs, or use fewer threads (-t).");
        }
        if (cpu.nodes() > 1) {
            note("Memory lies on " + cpu.nodes() + " nodes, and a thread reads that of another node slower. Try numactl"
                    + " --interleave=all.");
        }
        if (cpu.governor().equals("powersave")) {
            slow("The processor's clock is governed by \"powersave\". Try \"performance\", or plug the power in.");
        }
    }

    private void memory(Memory memory) {
        Long limit = memory.limit();
        if (limit != null && limit < memory.total()) {
            note("The control group limits memory to " + two(limit / GIB) + " of " + two(memory.total() / GIB)
                    + " GiB; the pages of the weights count.");
        }
    }

    private void disk(Disk disk) {
        if (NETWORK.contains(disk.type())) {
            slow(disk.folder() + " is read over a network (" + disk.type() + "), and weights are read where they lie."
                    + " Copy models to a local disk.");
        } else if (disk.type().equals("tmpfs") || disk.type().equals("ramfs")) {
            note(disk.folder() + " lies in memory (" + disk.type() + "): its models take memory even when they do not"
                    + " run.");
        }
    }
}
