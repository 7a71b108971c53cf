package dev.sluice.cli;

import dev.sluice.StrictUtf8;
import dev.sluice.error.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Arguments that are no UTF-8. The JVM hands them over with U+FFFD in place of what it could not read; Linux still has the
 * bytes, and with them tells a replacement from a character that was typed.
 */
final class ArgumentBytes {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private ArgumentBytes() {}

    static void requireText(String... arguments) {
        for (String argument : arguments) {
            if (argument.indexOf('\uFFFD') >= 0 && damaged()) {
                throw new InvalidRequestException(
                        "argument \"" + argument + "\" is not UTF-8 text; convert it first, or set a UTF-8 locale");
            }
        }
    }

    private static boolean damaged() {
        try {
            StrictUtf8.decode(Files.readAllBytes(COMMAND_LINE), 0);
            return false;
        } catch (InvalidRequestException e) {
            return true;
        } catch (IOException e) {
            return false; // another system
        }
    }
}
