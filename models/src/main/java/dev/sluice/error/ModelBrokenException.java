package dev.sluice.error;

import org.jspecify.annotations.Nullable;

/** A loaded model became unusable: its file shrank or changed while mapped, or it was closed. CLI exit code 1. */
public class ModelBrokenException extends SluiceException {
    private static final long serialVersionUID = 1L;

    public ModelBrokenException(String message) {
        super(message);
    }

    public ModelBrokenException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
