package dev.sluice.engine;

import dev.sluice.backend.SequenceState;
import java.util.Arrays;

/** A backend's state together with the ids it has consumed. Engine thread only. */
public final class Sequence implements AutoCloseable {
    private final SequenceState state;
    private int[] ids = new int[256];
    private int length;
    private boolean stepping;

    public Sequence(SequenceState state) {
        this.state = state;
    }

    SequenceState state() {
        return state;
    }

    /**
     * Prepares for a prompt: stays where it is when the prompt begins with all ids consumed so far and goes on, else
     * starts over, for a recurrent state cannot be shortened. Returns the number of ids kept.
     */
    int reuse(int[] prompt) {
        boolean extended = !stepping && length < prompt.length && Arrays.equals(ids, 0, length, prompt, 0, length);
        if (!extended) {
            state.reset();
            length = 0;
            stepping = false;
        }
        return length;
    }

    /** Marks the state as uncertain until {@link #stepped}. */
    void stepping() {
        stepping = true;
    }

    /** The state has consumed {@code more[from .. from + count]}. */
    void stepped(int[] more, int from, int count) {
        if (length + count > ids.length) {
            ids = Arrays.copyOf(ids, Math.max(2 * ids.length, length + count));
        }
        System.arraycopy(more, from, ids, length, count);
        length += count;
        stepping = false;
    }

    @Override
    public void close() {
        state.close();
    }
}
