package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Machine code decoded by GNU {@code objdump}: the JDK comes without a disassembler. */
final class Disassembly {
    private Disassembly() {}

    /** Lines as {@code objdump -D} prints them; none where there is no {@code objdump}, or code of another processor. */
    static List<String> of(byte[] code) throws IOException, InterruptedException {
        boolean found = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "objdump")));
        if (!found || !System.getProperty("os.arch").equals("amd64")) {
            return List.of();
        }
        Path file = Files.createTempFile("sluice-code", ".bin");
        try {
            Files.write(file, code);
            Process process = new ProcessBuilder(
                            "objdump", "-D", "-b", "binary", "-m", "i386:x86-64", "--no-show-raw-insn", file.toString())
                    .redirectErrorStream(true)
                    .start();
            List<String> lines = process.inputReader().lines().toList();
            if (process.waitFor() != 0) {
                throw new IOException("objdump ended with " + process.exitValue() + ": " + lines);
            }
            return lines;
        } finally {
            Files.delete(file);
        }
    }
}
