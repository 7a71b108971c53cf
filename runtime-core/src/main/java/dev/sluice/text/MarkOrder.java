package dev.sluice.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of the canonical combining classes. The JDK has the classes but no method to read them; its normaliser tells
 * the order of two marks, and only the order matters. About 900 marks, 10 ms, on the first long run of marks only.
 */
final class MarkOrder {
    /** Order of what is no mark, or a mark of class 0: nothing moves across it. */
    static final int STARTER = 0;

    /** U+0345 alone has the highest class, 240: it moves behind every other mark that is no starter. */
    private static final int HIGHEST = 0x345;

    private static final byte[] ORDER = order();

    /** Number of classes; orders run from 1 to it. */
    static final int CLASSES = ORDER[HIGHEST];

    private MarkOrder() {}

    /** 1 for the lowest class present in Unicode, then dense; {@link #STARTER} for starters. Of decomposed text only. */
    static int of(int codePoint) {
        return codePoint < ORDER.length ? ORDER[codePoint] : STARTER;
    }

    private static byte[] order() {
        List<Integer> marks = new ArrayList<>();
        for (int c = 0x300; c <= Character.MAX_CODE_POINT; c++) {
            boolean atomic =
                    CodePoints.isMark(c) && Normalizer.isNormalized(Character.toString(c), Normalizer.Form.NFD);
            if (atomic && (c == HIGHEST || swaps(HIGHEST, c))) {
                marks.add(c);
            }
        }
        byte[] order = new byte[marks.getLast() + 1];
        marks.sort(MarkOrder::compareClasses);
        byte next = 1;
        for (int i = 0; i < marks.size(); i++) {
            if (i > 0 && compareClasses(marks.get(i - 1), marks.get(i)) < 0) {
                next++;
            }
            order[marks.get(i)] = next;
        }
        return order;
    }

    private static int compareClasses(int a, int b) {
        if (swaps(a, b)) {
            return 1;
        }
        return swaps(b, a) ? -1 : 0;
    }

    private static boolean swaps(int first, int second) {
        String pair = Character.toString(first) + Character.toString(second);
        return !Normalizer.normalize(pair, Normalizer.Form.NFD).equals(pair);
    }
}
