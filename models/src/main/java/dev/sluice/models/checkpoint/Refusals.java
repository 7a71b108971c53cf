package dev.sluice.models.checkpoint;

import dev.sluice.error.SluiceException;

/**
 * What happens to a fault of a folder: a load stops at the first one, a check goes on and lists them all. Whoever
 * refuses must be able to go on.
 */
@FunctionalInterface
public interface Refusals {
    /** Throws the fault. */
    Refusals STRICT = fault -> {
        throw fault;
    };

    void refuse(SluiceException fault);
}
