package dev.sluice;

/**
 * Some text, as soon as it is certain: whole code points, never empty. About one a token.
 *
 * @param kind what the text belongs to
 */
public record Piece(Kind kind, String text) {
    /** The two parts of an answer. */
    public enum Kind {
        /** What the model thinks before it answers. */
        REASONING,
        /** The answer. */
        CONTENT
    }
}
