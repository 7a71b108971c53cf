package dev.sluice.error;

import org.jspecify.annotations.Nullable;

/** Root of everything Sluice throws on purpose. The message says what, where, found, expected and what to do. */
public class SluiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SluiceException(String message) {
        super(message);
    }

    public SluiceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
