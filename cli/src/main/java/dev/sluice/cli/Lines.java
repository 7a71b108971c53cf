package dev.sluice.cli;

import org.jspecify.annotations.Nullable;

/** Where the turns of a conversation come from. */
interface Lines extends AutoCloseable {
    String PROMPT = "> ";
    String PROMPT_MORE = ". ";
    /** Encloses text of several lines that is taken as it is. */
    String QUOTES = "\"\"\"";

    /** What was entered next, line breaks included; null at the end. */
    @Nullable
    String next();

    /** Runs {@code action} while nobody is asked; what is typed meanwhile does not show. */
    void away(Runnable action);

    @Override
    void close();

    /** Whether a text has begun with quotes that do not end yet. */
    static boolean open(CharSequence entered) {
        String text = entered.toString().stripLeading();
        return text.startsWith(QUOTES) && text.indexOf(QUOTES, QUOTES.length()) < 0;
    }

    /** Whether all of a text is in quotes: never a command. */
    static boolean quoted(String entered) {
        String text = entered.strip();
        return text.length() >= 2 * QUOTES.length() && text.startsWith(QUOTES) && text.endsWith(QUOTES);
    }

    /** The text within the quotes, without the line breaks beside them; other text as it is. */
    static String unquoted(String entered) {
        if (!quoted(entered)) {
            return entered;
        }
        String text = entered.strip();
        text = text.substring(QUOTES.length(), text.length() - QUOTES.length());
        text = text.startsWith("\n") ? text.substring(1) : text;
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }
}
