package dev.sluice.cli;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelBrokenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A process of the same Java with the same flags, timed by the process that starts it. What it says on standard error is
 * dropped.
 *
 * @param firstByteMs from before the process exists until the first byte of its standard output can be read; to the end of
 *     that output where it has none
 * @param out its standard output
 */
record TimedProcess(double firstByteMs, String out) {
    /**
     * Runs it to its end, with nothing on standard input.
     *
     * @param main what to start
     * @throws ModelBrokenException when it ends with another code than 0
     */
    static TimedProcess run(Class<?> main, List<String> arguments) {
        List<String> command = OwnJvm.command(main);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            long start = System.nanoTime();
            Process process = builder.start();
            InputStream from = process.getInputStream();
            byte[] first = from.readNBytes(1);
            double firstByteMs = (System.nanoTime() - start) / 1e6;
            process.getOutputStream().close();
            byte[] rest = from.readAllBytes();
            int code = process.waitFor();
            if (code != 0) {
                throw new ModelBrokenException("a process that was to be measured ended with " + code
                        + "; run this to see why: " + String.join(" ", command));
            }
            byte[] all = new byte[first.length + rest.length];
            System.arraycopy(first, 0, all, 0, first.length);
            System.arraycopy(rest, 0, all, first.length, rest.length);
            return new TimedProcess(firstByteMs, new String(all, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new InvalidRequestException("a process to measure cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InvalidRequestException("interrupted while a process was measured", e);
        }
    }
}
