package dev.sluice.cli;

import java.util.ArrayList;
import java.util.List;

/** Text for terminals: without what would command them, and in lines that fit. */
final class PlainText {
    private PlainText() {}

    /**
     * The text without control characters, which could set a title, the clipboard or the cursor: escaped, except for line
     * breaks and tabs. Models and files may say anything.
     */
    static String safe(String text) {
        if (text.chars().noneMatch(PlainText::commands)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> {
            if (!commands(c)) {
                out.append((char) c);
            } else if (c != '\r') {
                out.append(String.format("\\x%02x", c));
            }
        });
        return out.toString();
    }

    private static boolean commands(int c) {
        return Character.isISOControl(c) && c != '\n' && c != '\t';
    }

    /** Lines of at most {@code width} characters, broken at blanks; a longer word has a line of its own. */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** The lines with those over {@code width} broken at a blank, their rest after {@code indent} blanks; a word stays whole. */
    static String folded(String text, int width, int indent) {
        StringBuilder out = new StringBuilder();
        for (String line : text.lines().toList()) {
            String rest = line;
            for (int blank = rest.lastIndexOf(' ', width);
                    rest.length() > width && blank > indent;
                    blank = rest.lastIndexOf(' ', width)) {
                out.append(rest, 0, blank).append('\n');
                rest = " ".repeat(indent) + rest.substring(blank + 1);
            }
            out.append(rest).append('\n');
        }
        return out.toString();
    }

    /** Two columns where there is room for them, else the second below the first, indented. */
    static String table(List<String[]> rows, int width) {
        int first = rows.stream().mapToInt(row -> row[0].length()).max().orElse(0) + 2;
        boolean beside = width - first >= 30;
        String indent = " ".repeat(beside ? first : 4);
        StringBuilder out = new StringBuilder();
        for (String[] row : rows) {
            List<String> lines = wrap(row[1], Math.max(20, width - indent.length() - 1));
            out.append(row[0]).append(beside ? " ".repeat(first - row[0].length()) : "\n" + indent);
            out.append(String.join("\n" + indent, lines)).append('\n');
        }
        return out.toString();
    }

    /** The beginning that fits into one line. */
    static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
    }
}
