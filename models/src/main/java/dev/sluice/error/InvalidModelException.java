package dev.sluice.error;

import org.jspecify.annotations.Nullable;

/** A model's files contradict the format, each other or the configuration. CLI exit code 3. */
public class InvalidModelException extends SluiceException {
    private static final long serialVersionUID = 1L;

    public InvalidModelException(String message) {
        super(message);
    }

    public InvalidModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
