package dev.sluice.text;

/**
 * The character classes of the split patterns and of added-token flags, as the reference has them
 * ({@code fixtures/tokenizer/unicode-classes.json}, Unicode 16).
 */
final class CodePoints {
    private static final int LETTERS = 1 << Character.UPPERCASE_LETTER
            | 1 << Character.LOWERCASE_LETTER
            | 1 << Character.TITLECASE_LETTER
            | 1 << Character.MODIFIER_LETTER
            | 1 << Character.OTHER_LETTER;
    private static final int MARKS =
            1 << Character.NON_SPACING_MARK | 1 << Character.ENCLOSING_MARK | 1 << Character.COMBINING_SPACING_MARK;
    private static final int NUMBERS =
            1 << Character.DECIMAL_DIGIT_NUMBER | 1 << Character.LETTER_NUMBER | 1 << Character.OTHER_NUMBER;

    private CodePoints() {}

    /** {@code \p{L}}. */
    static boolean isLetter(int codePoint) {
        return (LETTERS >> Character.getType(codePoint) & 1) != 0;
    }

    /** {@code \p{M}}. */
    static boolean isMark(int codePoint) {
        return (MARKS >> Character.getType(codePoint) & 1) != 0;
    }

    /** {@code \p{N}}. */
    static boolean isNumber(int codePoint) {
        return (NUMBERS >> Character.getType(codePoint) & 1) != 0;
    }

    /** {@code \s}: the Unicode property White_Space, which no single JDK method has. */
    static boolean isSpace(int codePoint) {
        if (codePoint < 0x1680) {
            return codePoint == ' ' || (codePoint >= 9 && codePoint <= 13) || codePoint == 0x85 || codePoint == 0xA0;
        }
        return Character.isSpaceChar(codePoint);
    }

    /** {@code \w}: what may not touch an added token with {@code single_word}. */
    static boolean isWord(int codePoint) {
        return Character.isAlphabetic(codePoint)
                || isMark(codePoint)
                || Character.getType(codePoint) == Character.DECIMAL_DIGIT_NUMBER
                || Character.getType(codePoint) == Character.CONNECTOR_PUNCTUATION
                || codePoint == 0x200C
                || codePoint == 0x200D;
    }
}
