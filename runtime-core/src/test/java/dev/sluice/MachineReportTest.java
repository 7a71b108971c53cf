package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.MachineReport.Cpu;
import dev.sluice.MachineReport.Disk;
import dev.sluice.MachineReport.Finding;
import dev.sluice.MachineReport.Jvm;
import dev.sluice.MachineReport.Memory;
import dev.sluice.kernels.CpuTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a machine made of files, and on this one. */
class MachineReportTest {
    private static final Jvm GOOD_JVM =
            new Jvm("25", "vendor", "OpenJDK 64-Bit Server VM", "mixed mode, sharing", List.of(), 1);
    private static final Cpu GOOD_CPU = new Cpu("cpu", "vector-512", 512, 512, 8, 8, 4, null, 4, 1, 0.5, "performance");
    private static final Memory GOOD_MEMORY = new Memory(16L << 30, 8L << 30, null, "madvise");

    @TempDir
    Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private MachineFacts facts() {
        return new MachineFacts(
                new SystemFiles(root),
                new CpuTopology(root.resolve("proc/self/status"), root.resolve("sys/devices/system/cpu"), 4));
    }

    @Test
    void facts_are_read_from_the_systems_files() throws IOException {
        file("proc/cpuinfo", "processor\t: 0\nmodel name\t: A Fast One\nflags\t\t: sse avx2 fma\n");
        file("proc/self/status", "Name:\tx\nCpus_allowed_list:\t0-3\n");
        file("proc/loadavg", "7.27 5.11 2.96 13/159 19457\n");
        file("proc/meminfo", "MemTotal: 2048 kB\nMemAvailable:    1024 kB\n");
        file("sys/devices/system/cpu/online", "0-7\n");
        for (int cpu = 0; cpu < 4; cpu++) {
            file(
                    "sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list",
                    cpu / 2 * 2 + "-" + (cpu / 2 * 2 + 1));
        }
        file("sys/devices/system/node/node0/x", "");
        file("sys/devices/system/node/node1/x", "");
        file("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
        file("proc/self/cgroup", "0::/a/b\n");
        file("sys/fs/cgroup/a/b/memory.max", "max\n");
        file("sys/fs/cgroup/a/memory.max", "1000000\n");
        file("sys/fs/cgroup/a/memory.current", "700000\n");
        file("sys/fs/cgroup/a/memory.stat", "anon 5\ninactive_file 50000\nactive_file 1000\n");
        file("sys/fs/cgroup/a/b/cpu.max", "150000 100000\n");
        file("sys/fs/cgroup/a/cpu.max", "max 100000\n");
        assertThat(facts().cpu("vector-256"))
                .isEqualTo(new Cpu("A Fast One", "vector-256", 256, 256, 8, 4, 2, 1.5, 2, 2, 7.27, ""));
        assertThat(facts().memory()).isEqualTo(new Memory(2 << 20, 351_000, 1_000_000L, "madvise"));
    }

    @Test
    void a_limit_of_a_version_1_group_counts_too() throws IOException {
        file("proc/meminfo", "MemTotal: 2048 kB\nMemAvailable:    1024 kB\n");
        file("proc/self/cgroup", "5:cpu,memory:/a/b\n3:cpuset:/c\n0::/\n");
        file("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "900000\n");
        file("sys/fs/cgroup/memory/a/b/memory.usage_in_bytes", "700000\n");
        file("sys/fs/cgroup/memory/a/b/memory.stat", "inactive_file 1\ntotal_inactive_file 30\ntotal_active_file 4\n");
        file("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
        file("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "800000\n");
        assertThat(facts().memory()).isEqualTo(new Memory(2 << 20, 200_034, 900_000L, ""));
    }

    @Test
    void nothing_is_known_without_the_systems_files() {
        assertThat(facts().cpu("plain")).isEqualTo(new Cpu("", "plain", 0, 0, 4, 4, 4, null, 4, 1, -1, ""));
        assertThat(facts().memory()).isEqualTo(new Memory(0, Long.MAX_VALUE, null, ""));
    }

    private static List<String> slow(Jvm jvm, Cpu cpu, Memory memory, Disk... disks) {
        return MachineFindings.of(jvm, cpu, memory, List.of(disks)).stream()
                .filter(Finding::slow)
                .map(Finding::text)
                .toList();
    }

    private static Cpu cpu(int bits, Double quota, double load, String governor) {
        return new Cpu("cpu", "k", bits, 512, 8, 8, 4, quota, 4, 1, load, governor);
    }

    private static Jvm jvm(String name, String mode) {
        return new Jvm("25", "vendor", name, mode, List.of(), 1);
    }

    @Test
    void what_is_slow_is_said_with_its_remedy_and_nothing_else() {
        Disk local = new Disk(Path.of("/m"), "ext4", 1);
        assertThat(MachineFindings.of(GOOD_JVM, GOOD_CPU, GOOD_MEMORY, List.of(local)))
                .isEmpty();
        assertThat(slow(GOOD_JVM, cpu(0, null, 0, ""), GOOD_MEMORY))
                .singleElement()
                .asString()
                .contains("--add-modules jdk.incubator.vector");
        assertThat(slow(GOOD_JVM, cpu(256, null, 0, ""), GOOD_MEMORY))
                .singleElement()
                .asString()
                .contains("256 bits", "has 512", "UseAVX");
        assertThat(slow(GOOD_JVM, cpu(512, 3.5, 0, ""), GOOD_MEMORY))
                .singleElement()
                .asString()
                .contains("3.50 processors to 4 threads", "-t 3");
        assertThat(slow(GOOD_JVM, cpu(512, null, 9.5, ""), GOOD_MEMORY))
                .singleElement()
                .asString()
                .contains("9.50 tasks wanted 8");
        assertThat(slow(GOOD_JVM, cpu(512, null, 0, "powersave"), GOOD_MEMORY)).hasSize(1);
        assertThat(slow(jvm("OpenJDK 64-Bit Server VM", "interpreted mode"), GOOD_CPU, GOOD_MEMORY))
                .singleElement()
                .asString()
                .contains("-Xint");
        assertThat(slow(jvm("OpenJDK 64-Bit Server VM", "mixed mode, emulated-client"), GOOD_CPU, GOOD_MEMORY))
                .singleElement()
                .asString()
                .contains("TieredStopAtLevel");
        assertThat(slow(jvm("Eclipse OpenJ9 VM", "JIT enabled"), GOOD_CPU, GOOD_MEMORY))
                .singleElement()
                .asString()
                .contains("OpenJ9");
        assertThat(slow(GOOD_JVM, GOOD_CPU, GOOD_MEMORY, local, new Disk(Path.of("/net"), "nfs4", 1)))
                .singleElement()
                .asString()
                .contains("/net", "network");
    }

    @Test
    void limits_are_noted_after_what_is_slow() {
        Memory limited = new Memory(16L << 30, 1, 4L << 30, "");
        List<Finding> findings = MachineFindings.of(
                GOOD_JVM, new Cpu("c", "plain", 0, 0, 16, 8, 4, 6.0, 4, 2, 0, ""), limited, List.of());
        assertThat(findings).extracting(Finding::slow).containsExactly(true, false, false, false, false);
        assertThat(findings)
                .extracting(Finding::text)
                .anyMatch(text -> text.contains("4.00 of 16.00 GiB"))
                .anyMatch(text -> text.contains("Affinity allows 8 of 16"))
                .anyMatch(text -> text.contains("6.00 of 8 processors"))
                .anyMatch(text -> text.contains("2 nodes"));
    }

    @Test
    void this_machine() throws IOException {
        Path bin = Files.createDirectories(root.resolve("bin"));
        assertThat(Files.createFile(bin.resolve("gcc")).toFile().setExecutable(true))
                .isTrue();
        MachineReport report =
                MachineReport.of(List.of(root, root.resolve("absent")), Map.of("PATH", "/nowhere:" + bin));
        assertThat(report.jvm().version()).startsWith("25");
        assertThat(report.cpu().vectorBits()).isPositive();
        assertThat(report.cpu().threads()).isBetween(1, report.cpu().processors());
        assertThat(report.memory().available()).isPositive();
        assertThat(report.disks())
                .singleElement()
                .satisfies(disk -> assertThat(disk.free()).isPositive());
        assertThat(report.compiler()).isEqualTo(bin.resolve("gcc").toString());
    }
}
