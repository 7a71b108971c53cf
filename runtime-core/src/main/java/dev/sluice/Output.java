package dev.sluice;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the engine thread leaves what a generation yields and readers fetch it. The engine never waits here: what can
 * pile up is bounded by the context, and a slow reader must not stall the generations of others.
 */
final class Output {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<Integer> ids = new ArrayList<>();
    private @Nullable Reply reply;
    private @Nullable RuntimeException failure;
    private volatile boolean cancelled;
    private volatile Progress progress = new Progress(0, 0, 0, 0, 0);
    private volatile int stepping;
    private final DoubleSupplier stepShare;

    /** @param stepShare how far the running step of the model is, 0 to 1, whosever it is */
    Output(DoubleSupplier stepShare) {
        this.stepShare = stepShare;
    }

    /** Asks the engine to end the generation before its next step. */
    void cancel() {
        cancelled = true;
    }

    boolean cancelled() {
        return cancelled;
    }

    void progress(int promptDone, int promptTotal, int promptCached) {
        progress = new Progress(promptDone, promptTotal, promptCached, ids.size(), 0);
    }

    /** A step with this many tokens of the prompt begins; 0 when none runs. */
    void stepping(int promptTokens) {
        stepping = promptTokens;
    }

    Progress progress() {
        Progress now = progress;
        int running = stepping;
        return running == 0
                ? now
                : new Progress(
                        now.promptDone(),
                        now.promptTotal(),
                        now.promptCached(),
                        now.generated(),
                        now.reasoning(),
                        Math.min(now.promptTotal(), now.promptDone() + running * stepShare.getAsDouble()));
    }

    /** A token was generated; its text follows, if it makes any. */
    void token(int id) {
        ids.add(id);
        count(progress.reasoning());
    }

    private void count(int reasoning) {
        Progress now = progress;
        progress = new Progress(now.promptTotal(), now.promptTotal(), now.promptCached(), ids.size(), reasoning);
    }

    /** Ids so far; for the engine thread. */
    int tokens() {
        return ids.size();
    }

    void text(Piece.Kind kind, String text) {
        if (text.isEmpty()) {
            return;
        }
        if (kind == Piece.Kind.REASONING) {
            count(ids.size());
        }
        lock.lock();
        try {
            (kind == Piece.Kind.CONTENT ? content : reasoning).append(text);
            pieces.add(new Piece(kind, text));
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void finish(FinishReason reason, Stats stats) {
        lock.lock();
        try {
            reply = new Reply(content.toString(), reasoning.toString(), List.copyOf(ids), reason, stats);
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void fail(RuntimeException cause) {
        lock.lock();
        try {
            failure = cause;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean ended() {
        lock.lock();
        try {
            return reply != null || failure != null;
        } finally {
            lock.unlock();
        }
    }

    /** The next piece, or null at the end; throws what the generation failed with. */
    @Nullable
    Piece take() {
        lock.lock();
        try {
            await(true);
            Piece piece = pieces.poll();
            if (piece == null && failure != null) {
                throw failure;
            }
            return piece;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end. */
    void awaitEnd() {
        lock.lock();
        try {
            await(false);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end and returns the reply; throws what the generation failed with. */
    Reply reply() {
        lock.lock();
        try {
            await(false);
            if (reply != null) {
                return reply;
            }
            throw failure != null ? failure : new IllegalStateException("neither a reply nor a failure");
        } finally {
            lock.unlock();
        }
    }

    /** An interrupt cancels the generation; the wait goes on until the engine has let go of it, a step at most. */
    private void await(boolean forPiece) {
        boolean interrupted = false;
        while (reply == null && failure == null && !(forPiece && !pieces.isEmpty())) {
            try {
                arrived.await();
            } catch (InterruptedException e) {
                interrupted = true;
                cancelled = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
