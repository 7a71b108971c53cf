package dev.sluice.text.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's operations on strings. Positions in arguments and results are UTF-16 offsets unless they say code points. */
final class Strings {
    private Strings() {}

    /** First offset of {@code part} at or behind {@code from}, or -1. */
    static int indexOf(Budget budget, Text text, String part, int from) {
        budget.work(searchCost(text, part));
        return text.string().indexOf(part, from);
    }

    static int lastIndexOf(Budget budget, Text text, String part, int from) {
        budget.work(searchCost(text, part));
        return text.string().lastIndexOf(part, from);
    }

    /** The search of the JDK compares 16 or more characters at a time, at every offset in the worst case. */
    static long searchCost(Text text, String part) {
        return text.length() * (1L + part.length() / 16);
    }

    /** Length in code points. */
    static int codePoints(Budget budget, Text text) {
        budget.work(text.length());
        return text.string().codePointCount(0, text.length());
    }

    /** UTF-16 offset of code point {@code index}, which must be at most the number of code points. */
    static int offset(Budget budget, Text text, int index) {
        budget.work(index);
        return text.string().offsetByCodePoints(0, index);
    }

    static List<Value> characters(Budget budget, Text text) {
        List<Value> characters = new ArrayList<>();
        budget.slots(text.length());
        for (int at = 0; at < text.length(); ) {
            int end = at + Character.charCount(text.string().codePointAt(at));
            characters.add(text.slice(at, end).asPlain());
            at = end;
        }
        return characters;
    }

    static Text concat(Budget budget, Text a, Text b) {
        if (a.isMarkup() != b.isMarkup()) {
            Text left = a.isMarkup() ? a : escape(budget, a);
            Text right = b.isMarkup() ? b : escape(budget, b);
            return new TextBuilder(budget).append(left).append(right).toText().asMarkup();
        }
        Text sum = new TextBuilder(budget).append(a).append(b).toText();
        return a.isMarkup() ? sum.asMarkup() : sum;
    }

    static Text repeat(Budget budget, Text text, long count) {
        TextBuilder out = new TextBuilder(budget);
        if (count > 0 && text.length() > 0 && count > Budget.MAX_TEXT / text.length()) {
            throw TemplateException.limit("text grows beyond " + Budget.MAX_TEXT + " characters");
        }
        for (long i = 0; i < count && !text.isEmpty(); i++) {
            out.append(text);
        }
        return out.toText();
    }

    /** HTML escaping. */
    static Text escape(Budget budget, Text text) {
        if (text.isMarkup()) {
            return text;
        }
        TextBuilder out = new TextBuilder(budget);
        int from = 0;
        for (int at = 0; at < text.length(); at++) {
            String entity = switch (text.string().charAt(at)) {
                case '&' -> "&amp;";
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '\'' -> "&#39;";
                case '"' -> "&#34;";
                default -> "";
            };
            if (!entity.isEmpty()) {
                out.append(text, from, at).append(entity, text.slice(at, at + 1).hasContent());
                from = at + 1;
            }
        }
        return out.append(text, from, text.length()).toText().asMarkup();
    }

    /** {@code strip}, {@code lstrip} and {@code rstrip}. */
    static Text strip(Budget budget, Text text, IntPredicate stripped, boolean left, boolean right) {
        String string = text.string();
        int from = 0;
        int to = string.length();
        while (left && from < to && stripped.test(string.codePointAt(from))) {
            from += Character.charCount(string.codePointAt(from));
        }
        while (right && from < to && stripped.test(string.codePointBefore(to))) {
            to -= Character.charCount(string.codePointBefore(to));
        }
        budget.work(Budget.CHARACTER * (string.length() - (long) (to - from)));
        return slice(budget, text, from, to);
    }

    static Text slice(Budget budget, Text text, int from, int to) {
        if (to - from < text.length()) {
            budget.characters(Math.max(0, to - from) + 8L);
        }
        return text.slice(from, to);
    }

    /** The characters of {@code text} that {@code strip(chars)} takes away. */
    static IntPredicate anyOf(Budget budget, String chars) {
        return c -> {
            budget.work(1L + chars.length());
            return chars.indexOf(c) >= 0;
        };
    }

    static Text replace(Budget budget, Text text, String old, Text replacement, long limit) {
        TextBuilder out = new TextBuilder(budget);
        long left = limit < 0 ? Long.MAX_VALUE : limit;
        budget.work(searchCost(text, old));
        int from = 0;
        int search = 0;
        while (left-- > 0) {
            int at = text.string().indexOf(old, search);
            if (at < 0 || search > text.length()) {
                break;
            }
            out.append(text, from, at).append(replacement);
            from = at + old.length();
            // an empty string is found in front of every code point and at the end
            search = !old.isEmpty()
                    ? from
                    : at == text.length() ? at + 1 : text.string().offsetByCodePoints(at, 1);
        }
        Text result = out.append(text, from, text.length()).toText();
        return text.isMarkup() ? result.asMarkup() : result;
    }

    static List<Value> split(Budget budget, Text text, String separator, long limit) {
        budget.work(searchCost(text, separator));
        List<Value> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.string().indexOf(separator); at >= 0 && (limit < 0 || parts.size() < limit); ) {
            parts.add(slice(budget, text, from, at));
            from = at + separator.length();
            at = text.string().indexOf(separator, from);
        }
        parts.add(slice(budget, text, from, text.length()));
        return parts;
    }

    static List<Value> splitFromEnd(Budget budget, Text text, String separator, long limit) {
        budget.work(searchCost(text, separator));
        List<Value> parts = new ArrayList<>();
        int to = text.length();
        while (limit < 0 || parts.size() < limit) {
            int at = to < separator.length() ? -1 : text.string().lastIndexOf(separator, to - separator.length());
            if (at < 0) {
                break;
            }
            parts.add(slice(budget, text, at + separator.length(), to));
            to = at;
        }
        parts.add(slice(budget, text, 0, to));
        return parts.reversed();
    }

    /** {@code split()} at runs of white space; a rest behind the last split keeps its trailing space, as in Python. */
    static List<Value> splitSpaces(Budget budget, Text text, long limit) {
        budget.work(Budget.CHARACTER * (long) text.length());
        List<Value> parts = new ArrayList<>();
        int from = PyChars.skipSpaces(text.string(), 0, text.length());
        while (from < text.length()) {
            int to = from;
            while (to < text.length() && !PyChars.isSpace(text.string().charAt(to))) {
                to++;
            }
            boolean last = limit >= 0 && parts.size() >= limit;
            parts.add(slice(budget, text, from, last ? text.length() : to));
            from = last ? text.length() : PyChars.skipSpaces(text.string(), to, text.length());
        }
        return parts;
    }

    static List<Value> lines(Budget budget, Text text, boolean keepEnds) {
        budget.work(Budget.CHARACTER * (long) text.length());
        List<Value> lines = new ArrayList<>();
        String string = text.string();
        int from = 0;
        for (int at = 0; at < string.length(); at++) {
            if (PyChars.isLineBreak(string.charAt(at))) {
                int end = string.startsWith("\r\n", at) ? at + 2 : at + 1;
                lines.add(slice(budget, text, from, keepEnds ? end : at));
                from = end;
                at = end - 1;
            }
        }
        if (from < string.length()) {
            lines.add(slice(budget, text, from, string.length()));
        }
        return lines;
    }

    static Text join(Budget budget, Text separator, List<Text> parts) {
        TextBuilder out = new TextBuilder(budget);
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                out.append(separator);
            }
            out.append(parts.get(i));
        }
        return out.toText();
    }

    /** {@code text} with its string changed as a whole, by something that reads and writes about as many characters. */
    static Text derive(Budget budget, Text text, String result) {
        budget.characters(result.length());
        return text.derive(result);
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** {@code str.capitalize}: the first character in title case, the rest in lower case. */
    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.codePointAt(0));
        return titleCase(text.substring(0, first)) + lower(text.substring(first));
    }

    /** {@code str.title}: every run of cased characters begins in title case. */
    static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean inWord = false;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            String character = Character.toString(c);
            out.append(inWord ? lower(character) : titleCase(character));
            inWord = PyChars.isCased(c);
            at += character.length();
        }
        return out.toString();
    }

    /** Title case of one character: that of Unicode's simple mapping where it has one, upper case otherwise. */
    private static String titleCase(String character) {
        int c = character.codePointAt(0);
        int title = Character.toTitleCase(c);
        String upper = upper(character);
        // U+00DF and the ligatures have a full mapping only: its first character is upper, the rest lower case
        boolean expands = upper.codePointCount(0, upper.length()) > 1;
        int first = Character.charCount(upper.codePointAt(0));
        return expands ? upper.substring(0, first) + lower(upper.substring(first)) : Character.toString(title);
    }

    static String swapCase(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().mapToObj(Character::toString).forEach(c -> {
            boolean upper = Character.isUpperCase(c.codePointAt(0));
            boolean lower = Character.isLowerCase(c.codePointAt(0));
            out.append(upper ? lower(c) : lower ? upper(c) : c);
        });
        return out.toString();
    }
}
