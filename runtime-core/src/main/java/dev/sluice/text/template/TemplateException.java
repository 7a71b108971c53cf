package dev.sluice.text.template;

import dev.sluice.error.SluiceException;

/** A template that cannot be parsed or rendered. Rendering never ends half-way with text: it ends with text or with this. */
public final class TemplateException extends SluiceException {
    private static final long serialVersionUID = 1L;

    private static final int MAX_MESSAGE = 2000;

    /** Who is at fault. */
    public enum Kind {
        /** The template's text is not a template. */
        SYNTAX,
        /** An expression failed: an undefined value, a wrong type, a construct that is not supported. */
        EVALUATION,
        /** The template asked for more than a rendering may spend. */
        LIMIT,
        /** The template called {@code raise_exception}; the message is the template's own and meant for the user. */
        RAISED
    }

    private final Kind kind;
    private final int line;

    private TemplateException(Kind kind, int line, String message) {
        super(shortened(message));
        this.kind = kind;
        this.line = line;
    }

    static TemplateException syntax(int line, String message) {
        return new TemplateException(Kind.SYNTAX, line, message);
    }

    static TemplateException evaluation(String message) {
        return new TemplateException(Kind.EVALUATION, 0, message);
    }

    static TemplateException limit(String message) {
        return new TemplateException(Kind.LIMIT, 0, message);
    }

    static TemplateException raised(String message) {
        return new TemplateException(Kind.RAISED, 0, message);
    }

    /** Names and raised messages are the template's own, and a hostile one must not fill the terminal. */
    private static String shortened(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
    }

    /** This failure with its place in front of the message; a raised message stays as the template wrote it. */
    TemplateException at(String where, int currentLine) {
        int known = line > 0 ? line : currentLine;
        String text = kind == Kind.RAISED ? getMessage() : where + ", line " + known + ": " + getMessage();
        TemplateException located = new TemplateException(kind, known, text == null ? where : text);
        located.setStackTrace(getStackTrace());
        return located;
    }

    /** Who is at fault. */
    public Kind kind() {
        return kind;
    }

    /** Line of the template, from 1. */
    public int line() {
        return line;
    }
}
