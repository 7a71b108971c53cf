package dev.sluice.cli;

import dev.sluice.ActivationType;
import dev.sluice.Json;
import dev.sluice.MachineReport;
import dev.sluice.MachineReport.Cpu;
import dev.sluice.MachineReport.Disk;
import dev.sluice.MachineReport.Finding;
import dev.sluice.MachineReport.Jvm;
import dev.sluice.MachineReport.Memory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@link MachineReport} for people and for programs.
 *
 * @param places where models are looked for
 * @param settings the configuration file in force
 * @param unknown variables that look like settings and are none
 */
record DoctorText(
        MachineReport machine, List<Path> places, @Nullable Path settings, List<String> unknown) {
    private static final int WIDTH = 80;
    private static final List<ActivationType> ROUNDED = List.of(ActivationType.BF16, ActivationType.INT8);

    String text() {
        StringBuilder out = new StringBuilder();
        java(out, machine.jvm());
        cpu(out, machine.cpu());
        memory(out, machine.memory());
        String label = "disk";
        for (Disk disk : machine.disks()) {
            line(out, label, Sizes.bytes(disk.free()) + " free in " + disk.folder() + " (" + disk.type() + ")");
            label = "";
        }
        String compiler = machine.compiler();
        line(out, "C compiler", compiler == null ? "none; none is needed" : compiler);
        for (ActivationType type : ROUNDED) {
            String refusal = machine.refusals().get(type);
            String flag = "--activations " + type.label() + " ";
            wrapped(out, String.format("%-12s", type.label()), flag + (refusal == null ? "can be used" : refusal));
        }
        label = "models in";
        for (Path place : places) {
            line(out, label, place + (Files.isDirectory(place) ? "" : " (not there)"));
            label = "";
        }
        line(out, "settings", settings == null ? "no file" : settings.toString());
        out.append('\n');
        findings().forEach(finding -> wrapped(out, finding.slow() ? "slow: " : "note: ", finding.text()));
        if (findings().stream().noneMatch(Finding::slow)) {
            out.append("Nothing here makes models slower than this machine is.\n");
        }
        return out.toString();
    }

    private List<Finding> findings() {
        List<Finding> all = new ArrayList<>(machine.findings());
        for (String variable : unknown) {
            all.add(new Finding(false, variable + " is set, and no command has such an option."));
        }
        return all;
    }

    private static void java(StringBuilder out, Jvm jvm) {
        line(out, "java", jvm.version() + ", " + jvm.vendor());
        line(out, "", jvm.name() + ", " + jvm.mode());
        line(out, "flags", jvm.flags().isEmpty() ? "not known" : String.join(" ", jvm.flags()));
        line(out, "heap", "at most " + Sizes.bytes(jvm.maxHeap()) + "; weights and caches live outside it");
    }

    private static void cpu(StringBuilder out, Cpu cpu) {
        line(out, "processor", cpu.model().isEmpty() ? "of unknown name" : cpu.model());
        Double quota = cpu.quota();
        line(
                out,
                "",
                String.format(
                        Locale.ROOT,
                        "%d processors, %d allowed, %d cores; %s",
                        cpu.processors(),
                        cpu.allowed(),
                        cpu.cores(),
                        quota == null ? "no quota" : String.format(Locale.ROOT, "quota %.2f", quota)));
        if (cpu.load() >= 0) {
            line(out, "load", String.format(Locale.ROOT, "%.2f", cpu.load()));
        }
        line(
                out,
                "kernels",
                cpu.vectorBits() == 0
                        ? cpu.kernels()
                        : "Vector API, " + cpu.vectorBits() + " bits"
                                + (cpu.vectorBits() < cpu.widestBits() ? " of " + cpu.widestBits() : ""));
        line(out, "threads", cpu.threads() + " unless -t says otherwise");
    }

    private static void memory(StringBuilder out, Memory memory) {
        String total = memory.total() == 0 ? "of unknown size" : Sizes.bytes(memory.total());
        String available =
                memory.available() == Long.MAX_VALUE ? "" : ", " + Sizes.bytes(memory.available()) + " available";
        Long limit = memory.limit();
        line(out, "memory", total + available + ", " + (limit == null ? "no limit" : "limit " + Sizes.bytes(limit)));
        if (!memory.hugePages().isEmpty()) {
            line(out, "huge pages", memory.hugePages());
        }
    }

    /** Lines of at most {@link #WIDTH}, all but the first indented below the text. */
    private static void wrapped(StringBuilder out, String label, String text) {
        StringBuilder line = new StringBuilder(label);
        for (String word : text.split(" ", -1)) {
            if (line.length() + word.length() >= WIDTH) {
                out.append(line.toString().stripTrailing()).append('\n');
                line = new StringBuilder(" ".repeat(label.length()));
            }
            line.append(word).append(' ');
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    private static void line(StringBuilder out, String label, String text) {
        out.append(String.format("%-12s%s%n", label, text));
    }

    String json() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("java", map(machine.jvm()));
        fields.put("cpu", map(machine.cpu()));
        fields.put("memory", map(machine.memory()));
        fields.put("disks", machine.disks().stream().map(DoctorText::map).toList());
        fields.put("c_compiler", machine.compiler());
        for (ActivationType type : ROUNDED) {
            String refusal = machine.refusals().get(type);
            fields.put("activations_" + type.label(), refusal == null);
            fields.put("activations_" + type.label() + "_needs", refusal);
        }
        fields.put("models_path", places.stream().map(Path::toString).toList());
        fields.put("settings", settings == null ? null : settings.toString());
        fields.put(
                "findings",
                findings().stream()
                        .map(finding -> Map.of("slow", finding.slow(), "text", finding.text()))
                        .toList());
        return Json.write(fields) + "\n";
    }

    private static Map<String, @Nullable Object> map(Jvm jvm) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("version", jvm.version());
        fields.put("vendor", jvm.vendor());
        fields.put("name", jvm.name());
        fields.put("mode", jvm.mode());
        fields.put("flags", jvm.flags());
        fields.put("max_heap", jvm.maxHeap());
        return fields;
    }

    private static Map<String, @Nullable Object> map(Cpu cpu) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("model", cpu.model());
        fields.put("kernels", cpu.kernels());
        fields.put("vector_bits", cpu.vectorBits());
        fields.put("widest_bits", cpu.widestBits() == 0 ? null : cpu.widestBits());
        fields.put("processors", cpu.processors());
        fields.put("allowed", cpu.allowed());
        fields.put("cores", cpu.cores());
        fields.put("quota", cpu.quota());
        fields.put("threads", cpu.threads());
        fields.put("memory_nodes", cpu.nodes());
        fields.put("load", cpu.load() < 0 ? null : cpu.load());
        fields.put("governor", cpu.governor());
        return fields;
    }

    private static Map<String, @Nullable Object> map(Memory memory) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("total", memory.total() == 0 ? null : memory.total());
        fields.put("available", memory.available() == Long.MAX_VALUE ? null : memory.available());
        fields.put("limit", memory.limit());
        fields.put("huge_pages", memory.hugePages());
        return fields;
    }

    private static Map<String, @Nullable Object> map(Disk disk) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("folder", disk.folder().toString());
        fields.put("type", disk.type());
        fields.put("free", disk.free());
        return fields;
    }
}
