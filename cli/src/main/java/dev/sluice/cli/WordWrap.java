package dev.sluice.cli;

import java.util.function.IntSupplier;
import org.jline.utils.WCWidth;

/**
 * Breaks text that comes in pieces between words, so that a terminal does not break it within them. A word is let out
 * when it is known to end, or to be longer than a line. Lines within {@code ```} stay as they are: they are code.
 */
final class WordWrap {
    private static final String FENCE = "```";

    private final IntSupplier columns;
    private final StringBuilder word = new StringBuilder();
    private final StringBuilder line = new StringBuilder();
    private int column;
    private int wordWidth;
    private int blanks;
    private boolean fenced;
    private boolean inWord;

    /** @param columns of the terminal; asked for each word, because windows change */
    WordWrap(IntSupplier columns) {
        this.columns = columns;
    }

    /** What can be printed now. */
    String feed(String piece) {
        StringBuilder out = new StringBuilder();
        piece.codePoints().forEach(c -> character(c, out));
        return out.toString();
    }

    /** What was held back. */
    String flush() {
        StringBuilder out = new StringBuilder();
        endWord(out);
        endBlanks(out);
        return out.toString();
    }

    private void character(int c, StringBuilder out) {
        if (line.length() < FENCE.length()) {
            line.appendCodePoint(c);
        }
        if (c == '\n') {
            endWord(out);
            inWord = false;
            out.append('\n');
            fenced ^= line.toString().equals(FENCE);
            line.setLength(0);
            column = 0;
            blanks = 0;
        } else if (c == ' ' && !fenced) {
            endWord(out);
            inWord = false;
            blanks++;
        } else {
            word.appendCodePoint(c);
            wordWidth += Math.max(0, WCWidth.wcwidth(c));
            if (fenced || wordWidth >= columns.getAsInt()) {
                endWord(out);
                inWord = true;
            }
        }
    }

    private void endWord(StringBuilder out) {
        if (word.isEmpty()) {
            return;
        }
        boolean fits = fenced || inWord || column + blanks + wordWidth < columns.getAsInt();
        if (fits || column == 0) {
            endBlanks(out);
        } else {
            out.append('\n');
            column = 0;
            blanks = 0;
        }
        out.append(word);
        column += wordWidth;
        word.setLength(0);
        wordWidth = 0;
    }

    private void endBlanks(StringBuilder out) {
        out.append(" ".repeat(blanks));
        column += blanks;
        blanks = 0;
    }
}
