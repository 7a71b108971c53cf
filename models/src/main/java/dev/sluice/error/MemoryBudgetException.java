package dev.sluice.error;

import org.jspecify.annotations.Nullable;

/** Not enough memory: the message has the bytes needed, those available, the biggest part and the flag that helps. CLI exit code 4. */
public class MemoryBudgetException extends SluiceException {
    private static final long serialVersionUID = 1L;

    public MemoryBudgetException(String message) {
        super(message);
    }

    public MemoryBudgetException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
