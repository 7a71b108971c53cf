package dev.sluice.text.template;

import java.util.Arrays;

/** Builds a {@link Text}, the output of a template included. Every appended character is accounted for. */
final class TextBuilder {
    private final Budget budget;
    private final StringBuilder characters = new StringBuilder();
    private int[] content = new int[4];
    private int offsets;

    TextBuilder(Budget budget) {
        this.budget = budget;
    }

    /** Appends text that the template wrote. */
    TextBuilder append(String trusted) {
        grow(trusted.length());
        characters.append(trusted);
        return this;
    }

    TextBuilder append(String string, boolean isContent) {
        int from = characters.length();
        append(string);
        if (isContent) {
            mark(from, characters.length());
        }
        return this;
    }

    TextBuilder append(Text text) {
        return append(text, 0, text.length());
    }

    TextBuilder append(Text text, int from, int to) {
        int shift = characters.length() - from;
        grow(to - from);
        characters.append(text.string(), from, to);
        int[] ranges = text.contentRanges();
        for (int i = text.firstRangeBehind(from); i < ranges.length && ranges[i] < to; i += 2) {
            mark(shift + Math.max(ranges[i], from), shift + Math.min(ranges[i + 1], to));
        }
        return this;
    }

    private void grow(long more) {
        if (characters.length() + more > Budget.MAX_TEXT) {
            throw TemplateException.limit("text grows beyond " + Budget.MAX_TEXT + " characters");
        }
        budget.characters(more);
    }

    private void mark(int from, int to) {
        if (from == to) {
            return;
        }
        if (offsets > 0 && content[offsets - 1] == from) {
            content[offsets - 1] = to;
            return;
        }
        if (offsets == content.length) {
            content = Arrays.copyOf(content, 2 * offsets);
        }
        content[offsets++] = from;
        content[offsets++] = to;
    }

    Text toText() {
        return new Text(characters.toString(), Arrays.copyOf(content, offsets), false);
    }

    RenderedPrompt toPrompt() {
        return new RenderedPrompt(characters.toString(), Arrays.copyOf(content, offsets));
    }
}
