package dev.sluice.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known word that someone who mistyped may have meant. */
final class Suggestion {
    private static final int MOST_EDITS = 2;

    private Suggestion() {}

    /** The closest of {@code known}, when it begins with the word or is at most two edits away from it. */
    static Optional<String> of(String word, Collection<String> known) {
        Optional<String> longer = known.stream()
                .filter(k -> word.length() > 1 && k.startsWith(word))
                .min(Comparator.naturalOrder());
        return longer.isPresent()
                ? longer
                : known.stream()
                        .filter(k -> edits(word, k) <= Math.min(MOST_EDITS, k.length() / 2))
                        .min(Comparator.comparingInt(k -> edits(word, k)));
    }

    /** Characters to insert, drop, replace or swap to make one word of the other. */
    static int edits(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(d[i - 1][j - 1] + change, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
