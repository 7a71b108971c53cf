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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Gathers what a {@link MachineReport} says. */
record MachineFacts(SystemFiles files, CpuTopology topology) {
    private static final Pattern VECTOR = Pattern.compile("vector-(\\d+)");
    private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");
    /** Options of the java command whose value is the next argument. */
    private static final Set<String> WITH_VALUE =
            Set.of("--add-modules", "-p", "--module-path", "-cp", "-classpath", "--class-path", "-m", "--module");

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

    /** The options that set up the JVM; properties, modules and paths go with whoever starts it. */
    private static List<String> flags() {
        String[] arguments = ProcessHandle.current().info().arguments().orElse(new String[0]);
        List<String> flags = new ArrayList<>();
        for (int i = 0; i < arguments.length && arguments[i].startsWith("-"); i++) {
            if (arguments[i].startsWith("-X") || arguments[i].startsWith("--add-modules=")) {
                flags.add(arguments[i]);
            } else if (WITH_VALUE.contains(arguments[i])) {
                if (arguments[i].equals("--add-modules") && i + 1 < arguments.length) {
                    flags.add("--add-modules=" + arguments[i + 1]);
                }
                i++;
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

    /** One for each file system that a folder lies on; folders that do not exist are passed over. */
    static List<Disk> disks(List<Path> folders) {
        Map<FileStore, Disk> disks = new LinkedHashMap<>();
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                add(folder, disks);
            }
        }
        return List.copyOf(disks.values());
    }

    private static void add(Path folder, Map<FileStore, Disk> disks) {
        try {
            FileStore store = Files.getFileStore(folder);
            disks.putIfAbsent(store, new Disk(folder, store.type(), store.getUsableSpace()));
        } catch (IOException e) {
            // then nothing can be said about it
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
