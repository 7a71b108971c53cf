package dev.sluice.error;

import org.jspecify.annotations.Nullable;

/** Root of everything Sluice throws on purpose. The message says what, where, found, expected and what to do. */
public class SluiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SluiceException(String message) {
        super(printable(message));
    }

    public SluiceException(String message, @Nullable Throwable cause) {
        super(printable(message), cause);
    }

    /** Messages repeat names and values of foreign files, and those must not drive a terminal. */
    private static String printable(String message) {
        if (message.codePoints().noneMatch(SluiceException::unprintable)) {
            return message;
        }
        StringBuilder out = new StringBuilder();
        message.codePoints().forEach(c -> {
            if (unprintable(c)) {
                out.append(String.format("\\u{%x}", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    private static boolean unprintable(int c) {
        return c != '\n' && c != '\t' && (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
    }
}
