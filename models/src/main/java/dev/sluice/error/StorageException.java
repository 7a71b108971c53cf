package dev.sluice.error;

import org.jspecify.annotations.Nullable;

/** A folder could not be written: the message has the bytes needed and those available, where room is the reason. CLI exit code 1. */
public class StorageException extends SluiceException {
    private static final long serialVersionUID = 1L;

    public StorageException(String message) {
        super(message);
    }

    public StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
