package dev.sluice.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What C2 makes of each hot kernel: a table with one row a kernel, each run in a JVM of its own until it is compiled.
 * Bytes of code, bytes allocated a call, calls that were not inlined, and, decoded by {@code objdump} where there is one,
 * how often the innermost vector loops go through the stack. Arguments choose kernels by a part of their name.
 */
public final class CompiledCode {
    private static final String ROW = "%-30s %6s %6s %5s %5s %6s %6s%n";

    private final PrintStream out;
    private final List<String> notes = new ArrayList<>();

    private CompiledCode(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] names) throws IOException, InterruptedException {
        List<HotKernel> chosen = HotKernel.all().stream()
                .filter(kernel -> names.length == 0 || List.of(names).stream().anyMatch(kernel.name()::contains))
                .toList();
        if (chosen.isEmpty()) {
            System.err.println("no kernel's name contains " + String.join(" or ", names) + "; there are:");
            HotKernel.all().forEach(kernel -> System.err.println("  " + kernel.name()));
            System.exit(2);
        }
        CompiledCode table = new CompiledCode(System.out);
        table.out.printf(ROW, "kernel", "bytes", "B/call", "calls", "loops", "instr.", "spills");
        for (HotKernel kernel : chosen) {
            table.print(kernel, run(kernel));
        }
        table.notes.forEach(table.out::println);
    }

    /** What a JVM prints that runs the kernel. */
    private static String run(HotKernel kernel) throws IOException, InterruptedException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:CompileCommand=quiet",
                "-XX:CompileCommand=print," + kernel.method(),
                "-XX:CompileCommand=PrintInlining," + kernel.method(),
                "-XX:+UseSerialGC",
                "-XX:Tier3DelayOn=100000",
                "-cp",
                System.getProperty("java.class.path"),
                CompiledKernel.class.getName(),
                kernel.name());
        Path output = Files.createTempFile("sluice-compiled", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            int exit = process.waitFor();
            String text = Files.readString(output, StandardCharsets.ISO_8859_1);
            if (exit != 0) {
                throw new IOException("the JVM of " + kernel.name() + " ended with " + exit + ": "
                        + text.substring(0, Math.min(2000, text.length())));
            }
            return text;
        } finally {
            Files.delete(output);
        }
    }

    private void print(HotKernel kernel, String text) throws IOException, InterruptedException {
        String allocated = CompiledKernel.allocated(text);
        CompilerOutput code = CompilerOutput.of(text);
        if (code.bytes().length == 0) {
            out.printf(ROW, kernel.name(), "not compiled by C2 alone", allocated, "", "", "", "");
            return;
        }
        List<String> decoded = Disassembly.of(code.bytes());
        if (decoded.isEmpty()) {
            row(kernel, code, allocated, "objdump not found", "", "");
        } else {
            MachineLoops loops = MachineLoops.of(decoded);
            row(kernel, code, allocated, "" + loops.count(), "" + loops.instructions(), "" + loops.spills());
            if (loops.calls() > 0) {
                notes.add(kernel.name() + ": " + loops.calls() + " calls inside vector loops");
            }
        }
        code.notInlined().forEach(line -> notes.add(kernel.name() + ": " + line));
    }

    private void row(
            HotKernel kernel, CompilerOutput code, String allocated, String loops, String instructions, String spills) {
        out.printf(
                Locale.ROOT,
                ROW,
                kernel.name(),
                code.bytes().length,
                allocated,
                code.notInlined().size(),
                loops,
                instructions,
                spills);
    }
}
