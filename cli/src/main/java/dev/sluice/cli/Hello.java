package dev.sluice.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The least that a Java program does: what {@code bench latency} compares with. */
final class Hello {
    private Hello() {}

    public static void main(String[] args) throws IOException {
        try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
            out.write("hello\n".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
