package dev.sluice;

import dev.sluice.MachineReport.Cpu;
import dev.sluice.MachineReport.Disk;
import dev.sluice.MachineReport.Jvm;
import dev.sluice.MachineReport.Memory;
import dev.sluice.kernels.CpuTopology;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Gathers what a {@link MachineReport} says. */
record MachineFacts(SystemFiles files, CpuTopology topology) {
    private static final Pattern VECTOR = Pattern.compile("vector-(\\d+)");
    private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");
    private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");

    static Jvm jvm() {
        return new Jvm(
                System.getProperty("java.vm.version", ""),
                System.getProperty("java.vendor", ""),
                System.getProperty("java.vm.name", ""),
                System.getProperty("java.vm.info", ""),
                flags(),
                Runtime.getRuntime().maxMemory());
    }

    /** The options before the main class; those that name modules and properties go with the launcher. */
    private static List<String> flags() {
        String[] arguments = ProcessHandle.current().info().arguments().orElse(new String[0]);
        List<String> flags = new ArrayList<>();
        for (String argument : arguments) {
            if (!argument.startsWith("-") || argument.equals("-m") || argument.equals("-jar")) {
                break;
            }
            if (argument.startsWith("-X") || argument.startsWith("--add-modules")) {
                flags.add(argument);
            }
        }
        return flags;
    }

    /** @param kernels name of those that run */
    Cpu cpu(String kernels) {
        Matcher bits = VECTOR.matcher(kernels);
        OptionalDouble quota = new ControlGroup(files).processors();
        return new Cpu(
                files.field("proc/cpuinfo", "model name")
                        .map(name -> name.replaceFirst("^\\s*:\\s*", ""))
                        .orElse(""),
                kernels,
                bits.matches() ? Integer.parseInt(bits.group(1)) : 0,
                widestVector(),
                topology.online(),
                topology.allowed(),
                topology.allowedCores(),
                quota.isPresent() ? (Double) quota.getAsDouble() : null,
                topology.allowedCores(),
                nodes(),
                load(),
                files.text("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
                        .orElse(""));
    }

    private int widestVector() {
        List<String> flags =
                List.of(files.field("proc/cpuinfo", "flags").orElse("").split("\\s+", -1));
        if (flags.contains("avx512f")) {
            return 512;
        }
        return flags.contains("avx2") ? 256 : 0;
    }

    private int nodes() {
        try (Stream<Path> entries = Files.list(files.root().resolve("sys/devices/system/node"))) {
            long nodes = entries.filter(entry -> entry.getFileName().toString().matches("node\\d+"))
                    .count();
            return (int) Math.max(1, nodes);
        } catch (IOException e) {
            return 1;
        }
    }

    private double load() {
        try {
            return files.text("proc/loadavg")
                    .map(text -> Double.parseDouble(text.split(" ", 2)[0]))
                    .orElse(-1.0);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    Memory memory() {
        OptionalLong limit = new ControlGroup(files).memoryLimit();
        Matcher hugePages = CHOSEN.matcher(
                files.text("sys/kernel/mm/transparent_hugepage/enabled").orElse(""));
        return new Memory(
                files.numberAfter("proc/meminfo", "MemTotal:").orElse(0) * 1024,
                AvailableMemory.bytes(files),
                limit.isPresent() ? (Long) limit.getAsLong() : null,
                hugePages.find() ? hugePages.group(1) : "");
    }

    /** Those of folders that exist. */
    static List<Disk> disks(List<Path> folders) {
        return folders.stream()
                .filter(Files::isDirectory)
                .flatMap(MachineFacts::disk)
                .toList();
    }

    private static Stream<Disk> disk(Path folder) {
        try {
            FileStore store = Files.getFileStore(folder);
            return Stream.of(new Disk(folder, store.type(), store.getUsableSpace()));
        } catch (IOException e) { // then nothing can be said about it
            return Stream.empty();
        }
    }

    /** The first of the usual names on a PATH. */
    static @Nullable String compiler(String path) {
        for (String name : COMPILERS) {
            for (String folder : path.split(File.pathSeparator, -1)) {
                File file = new File(folder, name);
                if (!folder.isEmpty() && file.canExecute() && file.isFile()) {
                    return file.getPath();
                }
            }
        }
        return null;
    }
}
