package dev.sluice.text;

import dev.sluice.text.template.RenderedPrompt;

/**
 * Splits generated text into reasoning and content while it streams (`spec/product.md` §2.5). Works on text, so that the tags
 * may arrive in any pieces; the tokens of {@code <think>} and {@code </think>} must therefore be decoded, not skipped. One
 * instance follows one generation, on one thread.
 *
 * <ul>
 *   <li>Reasoning begins where the prompt left it open, or with a {@code <think>} that opens the generation. One leading
 *       {@code <think>} is dropped, and white space around the reasoning.
 *   <li>It ends at {@code </think>}; white space behind that is dropped. A {@code <tool_call>} ends it too, and is content.
 *   <li>Behind reasoning, one stray {@code </think>} in the content is dropped, but not behind a {@code <tool_call>}: the
 *       arguments of a call are data.
 * </ul>
 */
public final class ReasoningParser {
    /** Receives the parts in order; never an empty one. */
    public interface Sink {
        void reasoning(String text);

        void content(String text);
    }

    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";
    private static final String TOOL_CALL = "<tool_call>";

    private enum State {
        /** Nothing but white space so far: a {@code <think>} may follow. */
        OPENING,
        /** Inside reasoning that has no text yet. */
        REASONING_START,
        REASONING,
        CONTENT
    }

    private State state;
    /** A {@code <think>} at the start of the reasoning is a repetition of one in the prompt. */
    private boolean dropsOpen;
    /** A {@code </think>} in the content is stray. */
    private boolean dropsClose;
    /** White space is dropped up to the next other character. */
    private boolean trims;

    private boolean hasContent;
    private final StringBuilder pending = new StringBuilder();

    private ReasoningParser(State state, boolean sawClose) {
        this.state = state;
        this.dropsOpen = state == State.REASONING_START;
        this.dropsClose = sawClose || dropsOpen;
    }

    /**
     * A parser for what the model says behind {@code prompt}: inside reasoning when the last {@code <think>} that the template
     * wrote stands behind its last {@code </think>}. Tags in messages do not count.
     */
    public static ReasoningParser behind(RenderedPrompt prompt) {
        int open = lastTrusted(prompt, OPEN);
        int close = lastTrusted(prompt, CLOSE);
        return new ReasoningParser(open > close ? State.REASONING_START : State.OPENING, close >= 0);
    }

    private static int lastTrusted(RenderedPrompt prompt, String tag) {
        int at = prompt.text().lastIndexOf(tag);
        while (at >= 0 && !prompt.trusted(at, at + tag.length())) {
            at = prompt.text().lastIndexOf(tag, at - 1);
        }
        return at;
    }

    /** Whether the text fed so far ends inside reasoning. */
    public boolean inReasoning() {
        return state == State.REASONING_START || state == State.REASONING;
    }

    /** Takes the next piece of generated text. What could be the beginning of a tag waits for the next piece. */
    public void feed(String text, Sink sink) {
        pending.append(text);
        boolean progress = true;
        while (progress) {
            progress = switch (state) {
                case OPENING -> opening();
                case REASONING_START -> reasoningStart();
                case REASONING -> reasoning(sink);
                case CONTENT -> content(sink);
            };
        }
    }

    /** Ends the generation: what waits belongs to where it stands. */
    public void finish(Sink sink) {
        if (inReasoning()) {
            emitReasoning(pending.length(), sink);
        } else {
            emitContent(pending.length(), sink);
        }
    }

    private boolean opening() {
        int start = textStart();
        if (starts(OPEN, start)) {
            pending.delete(0, start + OPEN.length());
            state = State.REASONING_START;
            dropsClose = true;
            return true;
        }
        if (couldBe(OPEN, start)) {
            return false;
        }
        state = State.CONTENT;
        return true;
    }

    private boolean reasoningStart() {
        pending.delete(0, textStart());
        if (dropsOpen && starts(OPEN, 0)) {
            pending.delete(0, OPEN.length());
            dropsOpen = false;
            return true;
        }
        if (pending.isEmpty() || (dropsOpen && couldBe(OPEN, 0))) {
            return false;
        }
        state = State.REASONING;
        return true;
    }

    private boolean reasoning(Sink sink) {
        int close = pending.indexOf(CLOSE);
        int call = pending.indexOf(TOOL_CALL);
        int end = close < 0 ? call : call < 0 ? close : Math.min(close, call);
        if (end < 0) {
            emitReasoning(textEnd(pending.length() - heldBack()), sink);
            return false;
        }
        int textEnd = textEnd(end);
        emitReasoning(textEnd, sink);
        pending.delete(0, end - textEnd + (end == close ? CLOSE.length() : 0));
        trims = end == close;
        state = State.CONTENT;
        return true;
    }

    private boolean content(Sink sink) {
        if (trims) {
            pending.delete(0, textStart());
            if (pending.isEmpty()) {
                return false;
            }
        }
        if (!dropsClose) {
            emitContent(pending.length(), sink);
            return false;
        }
        int close = pending.indexOf(CLOSE);
        int call = pending.indexOf(TOOL_CALL);
        if (call >= 0 && (close < 0 || call < close)) {
            dropsClose = false;
            return true;
        }
        if (close >= 0) {
            emitContent(close, sink);
            pending.delete(0, CLOSE.length());
            dropsClose = false;
            trims = !hasContent;
            return true;
        }
        emitContent(pending.length() - heldBack(), sink);
        return false;
    }

    /** Length of the longest end of the pending text that could begin {@code </think>} or {@code <tool_call>}. */
    private int heldBack() {
        int longest = Math.min(pending.length(), TOOL_CALL.length() - 1);
        for (int length = longest; length > 0; length--) {
            int start = pending.length() - length;
            if (couldBe(CLOSE, start) || couldBe(TOOL_CALL, start)) {
                return length;
            }
        }
        return 0;
    }

    private boolean starts(String tag, int at) {
        return pending.length() >= at + tag.length()
                && pending.substring(at, at + tag.length()).equals(tag);
    }

    /** Whether everything behind {@code at} is a beginning of {@code tag}. */
    private boolean couldBe(String tag, int at) {
        return tag.startsWith(pending.substring(at));
    }

    /** Offset of the first character that is no white space. */
    private int textStart() {
        int at = 0;
        while (at < pending.length() && Character.isWhitespace(pending.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Offset behind the last character before {@code to} that is no white space. */
    private int textEnd(int to) {
        int at = to;
        while (at > 0 && Character.isWhitespace(pending.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    private void emitReasoning(int length, Sink sink) {
        if (length > 0) {
            sink.reasoning(take(length));
        }
    }

    private void emitContent(int length, Sink sink) {
        if (length > 0) {
            hasContent = true;
            trims = false;
            sink.content(take(length));
        }
    }

    private String take(int length) {
        String text = pending.substring(0, length);
        pending.delete(0, length);
        return text;
    }
}
