package dev.sluice.text;

import dev.sluice.text.template.RenderedPrompt;
import java.util.Arrays;

/** Where in UTF-8 text added tokens may be recognised. */
@FunctionalInterface
interface Trust {
    /** Everywhere. */
    Trust ALL = (_, _) -> true;

    /** Whether a token may be recognised at {@code bytes[from .. to]}. */
    boolean covers(int from, int to);

    /** What the template wrote, not the content that it put in. */
    static Trust of(RenderedPrompt prompt) {
        int[] content = byteOffsets(prompt.text(), prompt.contentRanges());
        return (from, to) -> {
            // the first border behind `from`: an even one begins content, an odd one ends it
            int border = Arrays.binarySearch(content, from);
            border = border < 0 ? -border - 1 : border + 1;
            return border % 2 == 0 && (border == content.length || to <= content[border]);
        };
    }

    /** Offsets into the UTF-8 of {@code text} for ascending ones into its UTF-16. */
    private static int[] byteOffsets(String text, int[] charOffsets) {
        int[] out = new int[charOffsets.length];
        int bytes = 0;
        int at = 0;
        for (int i = 0; i < out.length; i++) {
            while (at < charOffsets[i]) {
                int c = text.codePointAt(at);
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
                at += Character.charCount(c);
            }
            out[i] = bytes;
        }
        return out;
    }
}
