package dev.sluice.error;

import org.jspecify.annotations.Nullable;

/** The caller asked for something that cannot be: a prompt longer than the context, a negative temperature. CLI exit code 2. */
public class InvalidRequestException extends SluiceException {
    private static final long serialVersionUID = 1L;

    public InvalidRequestException(String message) {
        super(message);
    }

    public InvalidRequestException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
