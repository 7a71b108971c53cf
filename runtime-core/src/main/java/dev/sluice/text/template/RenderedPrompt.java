package dev.sluice.text.template;

import java.util.Arrays;

/**
 * A rendered prompt and, for every character of it, whether the template wrote it or a message did.
 *
 * <p>A control token in user text must stay text. An encoder therefore recognises a special or added token at
 * {@code [from, to)} only when {@link #trusted} holds for that range. Nothing else depends on provenance: ordinary text
 * of the template and of a message that touch are one piece for the pre-tokenizer, so that the ids of a harmless prompt
 * are those of its plain text.
 */
public final class RenderedPrompt {
    private final String text;
    private final int[] contentRanges;

    /**
     * @param text the prompt
     * @param contentRanges UTF-16 offsets {@code from0, to0, from1, to1, ...} of the text that came from variables;
     *     ascending, not empty, not touching
     * @throws IllegalArgumentException when the offsets are not that
     */
    public RenderedPrompt(String text, int[] contentRanges) {
        int previous = -1;
        for (int offset : contentRanges) {
            if (offset <= previous || offset > text.length()) {
                throw new IllegalArgumentException("content ranges " + Arrays.toString(contentRanges)
                        + " are not ascending within a text of " + text.length() + " characters");
            }
            previous = offset;
        }
        if (contentRanges.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "content ranges come in pairs, found " + contentRanges.length + " offsets");
        }
        this.text = text;
        this.contentRanges = contentRanges.clone();
    }

    /** The plain text of the prompt. */
    public String text() {
        return text;
    }

    /** UTF-16 offsets {@code from0, to0, from1, to1, ...} of the text that came from variables; a copy. */
    public int[] contentRanges() {
        return contentRanges.clone();
    }

    /** Whether the template itself wrote every character of {@code [from, to)}; one character of content makes it false. */
    public boolean trusted(int from, int to) {
        int at = Arrays.binarySearch(contentRanges, from);
        int next = at >= 0 ? at : -at - 1;
        // an odd index is the end of a range: `from` lies inside it, or exactly on its end
        boolean inside = next % 2 == 1 && at < 0;
        int following = next % 2 == 1 ? next + 1 : next;
        return !inside && (from >= to || following >= contentRanges.length || contentRanges[following] >= to);
    }

    @Override
    public String toString() {
        return text;
    }
}
