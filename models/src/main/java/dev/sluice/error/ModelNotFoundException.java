package dev.sluice.error;

import org.jspecify.annotations.Nullable;

/** No model at the given place: no such folder, no {@code config.json}, an unknown name. CLI exit code 3. */
public class ModelNotFoundException extends SluiceException {
    private static final long serialVersionUID = 1L;

    public ModelNotFoundException(String message) {
        super(message);
    }

    public ModelNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
