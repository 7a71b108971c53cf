package dev.sluice;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * An answer while it comes into being. Iterating waits for the next {@link Piece}; each piece is handed out once.
 * {@link #await} waits for the whole.
 *
 * <pre>{@code
 * try (Generation answer = model.generate(Prompt.user("Tell me a story."), Options.DEFAULTS)) {
 *     for (Piece piece : answer) {
 *         System.out.print(piece.text());
 *     }
 * }
 * }</pre>
 *
 * The model runs ahead of a slow reader. Any thread may call any method; interrupting a waiting thread cancels. Errors
 * of the model are thrown by whoever waits.
 */
public final class Generation implements Iterable<Piece>, AutoCloseable {
    private final Output output;
    private final Options options;

    Generation(Output output, Options options) {
        this.output = output;
        this.options = options;
    }

    /** The pieces not yet handed out. */
    @Override
    public Iterator<Piece> iterator() {
        return new Pieces();
    }

    /** The pieces not yet handed out, in order. */
    public Stream<Piece> stream() {
        return StreamSupport.stream(spliterator(), false);
    }

    /** Waits for the end; the pieces stay for readers. A cancelled generation has a reply too: what there was. */
    public Reply await() {
        return output.reply();
    }

    /** Asks for the end before the next step; returns at once. No effect when it has ended. */
    public void cancel() {
        output.cancel();
    }

    /** Whether everything has been generated; pieces may still wait for readers. */
    public boolean ended() {
        return output.ended();
    }

    /** How far it is. */
    public Progress progress() {
        return output.progress();
    }

    /** The options in force: defaults filled in, with the seed and the limit of tokens. */
    public Options options() {
        return options;
    }

    /** Cancels, and waits until the model has let go of it: one step at most. */
    @Override
    public void close() {
        output.cancel();
        output.awaitEnd();
    }

    private final class Pieces implements Iterator<Piece> {
        private @Nullable Piece next;

        @Override
        public boolean hasNext() {
            if (next == null) {
                next = output.take();
            }
            return next != null;
        }

        @Override
        public Piece next() {
            Piece piece = hasNext() ? next : null;
            if (piece == null) {
                throw new NoSuchElementException("the generation has ended");
            }
            next = null;
            return piece;
        }
    }
}
