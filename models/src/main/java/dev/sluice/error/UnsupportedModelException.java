package dev.sluice.error;

import org.jspecify.annotations.Nullable;

/** The files are recognised, but Sluice does not run such a model or such a part of it. CLI exit code 3. */
public class UnsupportedModelException extends SluiceException {
    private static final long serialVersionUID = 1L;

    public UnsupportedModelException(String message) {
        super(message);
    }

    public UnsupportedModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
