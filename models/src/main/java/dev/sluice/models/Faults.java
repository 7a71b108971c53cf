package dev.sluice.models;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.ModelBrokenException;
import dev.sluice.error.SluiceException;
import dev.sluice.models.checkpoint.Refusals;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects the faults of a folder. */
final class Faults implements Refusals {
    /** A wrong configuration makes as many faults as it names tensors, and it may name millions. */
    private static final int MOST = 10_000;

    private final List<SluiceException> found = new ArrayList<>();

    @Override
    public void refuse(SluiceException fault) {
        if (found.size() >= MOST) {
            throw new InvalidModelException("more than " + MOST + " faults; the rest is not listed");
        }
        found.add(fault);
    }

    /** Runs a part of the check; null when it could not be done. */
    <T> @Nullable T of(Supplier<T> part) {
        try {
            return part.get();
        } catch (InternalError e) {
            found.add(new ModelBrokenException("a file shrank while it was read; fetch the model again", e));
        } catch (SluiceException fault) {
            found.add(fault);
        }
        return null;
    }

    List<SluiceException> found() {
        return List.copyOf(found);
    }
}
