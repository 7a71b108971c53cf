package dev.sluice.testing;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * Damages valid JSON where it counts: numbers, members, keys, nesting, strings and their encoding, pieces of other
 * documents, and now and then any byte. Texts are kept as ISO 8859-1, a character for each byte of their UTF-8.
 */
public final class JsonDamage {
    private static final String[] ODD = {
        "0",
        "-1",
        "1",
        "2",
        "7",
        "255",
        "2147483647",
        "2147483648",
        "-2147483649",
        "4294967297",
        "9007199254740991",
        "9007199254740992",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551617",
        "1e400",
        "-1e400",
        "1e-400",
        "0.5",
        "1.0",
        "-0",
        "123456789012345678901234567890",
        "null",
        "true",
        "false",
        "\"\"",
        "\"1\"",
        "[]",
        "{}",
        "[[]]",
        "[0,0]",
        "{\"\":0}",
        "\"\\ud800\"",
        "\"\\u0000\""
    };
    private static final String[] PIECES = {
        "\\u0000",
        "\\ud800",
        "\\udc00\\ud800",
        "\\n",
        "\\\\",
        "\\u202e",
        "\u00c3\u00a9",
        "\u00f0\u009f\u0098\u0080",
        "\u00ff",
        "\u00c0\u0080",
        "\u00ed\u00a0\u0080",
        "../",
        "/",
        ".",
        "%s",
        "x".repeat(40),
        "y".repeat(600)
    };
    /** Its table of names would be shared by all inputs, and refuse one for what others left there. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build();

    private final List<Document> documents;

    /** @param texts valid documents, in UTF-8 */
    public JsonDamage(List<byte[]> texts) {
        documents = texts.stream()
                .map(text -> new Document(new String(text, StandardCharsets.ISO_8859_1)))
                .toList();
    }

    /** Whether bytes are JSON in UTF-8, by a parser without our limits. */
    public static boolean isJson(byte[] text) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), new ByteArrayInputStream(text))) {
            while (parser.nextToken() != null) {
                // every token is checked on the way
            }
            return true;
        } catch (JacksonException e) {
            return false;
        }
    }

    /** One of the documents with one to four damages. */
    public byte[] damaged(SplittableRandom random) {
        Document document = pick(documents, random);
        String text = edited(document, random);
        for (int more = random.nextInt(8); more > 4; more--) {
            try {
                text = edited(new Document(text), random);
            } catch (RuntimeException e) {
                break; // no longer JSON, so there is no structure left to damage
            }
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private String edited(Document document, SplittableRandom random) {
        String text = document.text;
        Span value = pick(document.values, random);
        return switch (random.nextInt(24)) {
            case 0, 1, 2, 3 -> value.replaced(text, pick(ODD, random));
            case 4, 5, 6 -> number(document, random);
            case 7, 8 -> removed(text, pick(document.members, random));
            case 9, 10 -> {
                Span member = pick(document.members, random);
                yield member.replaced(text, member.of(text) + "," + member.of(text));
            }
            case 11, 12, 13 -> swapped(text, value, pick(document.values, random));
            case 14, 15 -> {
                Document other = pick(documents, random);
                yield value.replaced(text, pick(other.values, random).of(other.text));
            }
            case 16 -> nested(text, value, random);
            case 17, 18 -> string(document, random);
            case 19 -> {
                Document other = pick(documents, random);
                yield pick(document.keys, random)
                        .replaced(text, pick(other.keys, random).of(other.text));
            }
            case 20, 21 -> {
                Document other = pick(documents, random);
                Span member = pick(document.members, random);
                yield member.replaced(text, pick(other.members, random).of(other.text) + "," + member.of(text));
            }
            case 22 -> flipped(text, random);
            default -> cut(text, random);
        };
    }

    /** A number a little or a lot beside itself. */
    private static String number(Document document, SplittableRandom random) {
        if (document.numbers.isEmpty()) {
            return document.text;
        }
        Span span = pick(document.numbers, random);
        String digits = span.of(document.text);
        return span.replaced(
                document.text,
                switch (random.nextInt(7)) {
                    case 0 -> "-" + digits;
                    case 1 -> digits + random.nextInt(10);
                    case 2 -> digits + ".0";
                    case 3 -> digits + "e" + random.nextInt(400);
                    case 4 -> digits + "0".repeat(random.nextInt(1, 80));
                    default -> moved(digits, random);
                });
    }

    private static String moved(String digits, SplittableRandom random) {
        try {
            long[] steps = {-1, 1, -8, 8, 64, 1L << 32, 1L << 53, Long.MAX_VALUE};
            return Long.toString(Long.parseLong(digits) + steps[random.nextInt(steps.length)]);
        } catch (NumberFormatException e) {
            return "0." + digits.replaceAll("[^0-9]", "");
        }
    }

    /** A member with one of the commas beside it. */
    private static String removed(String text, Span member) {
        int end = member.end;
        while (end < text.length() && text.charAt(end) <= ' ') {
            end++;
        }
        if (end < text.length() && text.charAt(end) == ',') {
            return text.substring(0, member.start) + text.substring(end + 1);
        }
        int start = member.start;
        while (start > 0 && text.charAt(start - 1) <= ' ') {
            start--;
        }
        return text.substring(0, start > 0 && text.charAt(start - 1) == ',' ? start - 1 : member.start)
                + text.substring(member.end);
    }

    private static String swapped(String text, Span one, Span two) {
        Span first = one.start <= two.start ? one : two;
        Span second = first == one ? two : one;
        if (first.end > second.start) {
            return first.replaced(text, second.of(text));
        }
        return text.substring(0, first.start)
                + second.of(text)
                + text.substring(first.end, second.start)
                + first.of(text)
                + text.substring(second.end);
    }

    private static String nested(String text, Span value, SplittableRandom random) {
        int depth = random.nextInt(4) == 0 ? random.nextInt(1, 400) : random.nextInt(1, 4);
        return random.nextBoolean()
                ? value.replaced(text, "[".repeat(depth) + value.of(text) + "]".repeat(depth))
                : value.replaced(text, "{\"a\":".repeat(depth) + value.of(text) + "}".repeat(depth));
    }

    private static String string(Document document, SplittableRandom random) {
        Span string = pick(document.strings, random);
        int at = random.nextInt(string.start + 1, string.end);
        int end = random.nextBoolean() ? at : random.nextInt(at, string.end);
        return document.text.substring(0, at) + pick(PIECES, random) + document.text.substring(end);
    }

    private static String flipped(String text, SplittableRandom random) {
        char[] out = text.toCharArray();
        out[random.nextInt(out.length)] ^= (char) (1 << random.nextInt(8));
        return new String(out);
    }

    private static String cut(String text, SplittableRandom random) {
        int from = random.nextInt(text.length());
        int until = Math.min(text.length(), from + random.nextInt(40));
        return random.nextBoolean()
                ? text.substring(0, from) + text.substring(until)
                : text.substring(0, until) + text.substring(from);
    }

    private static <E> E pick(List<E> list, SplittableRandom random) {
        return list.get(random.nextInt(list.size()));
    }

    private static String pick(String[] list, SplittableRandom random) {
        return list[random.nextInt(list.length)];
    }

    private record Span(int start, int end) {
        String of(String text) {
            return text.substring(start, end);
        }

        String replaced(String text, String by) {
            return text.substring(0, start) + by + text.substring(end);
        }
    }

    /** Where everything stands in a valid text; an exception of any kind when it is not valid. */
    private static final class Document {
        private final String text;
        private final List<Span> values = new ArrayList<>();
        private final List<Span> members = new ArrayList<>();
        private final List<Span> keys = new ArrayList<>();
        private final List<Span> strings = new ArrayList<>();
        private final List<Span> numbers = new ArrayList<>();
        private int at;

        Document(String text) {
            this.text = text;
            value(0);
            if (members.isEmpty() || keys.isEmpty()) {
                throw new IllegalArgumentException("nothing to damage");
            }
        }

        private void value(int depth) {
            skipSpace();
            int start = at;
            switch (text.charAt(at)) {
                case '{', '[' -> container(text.charAt(at) == '{', depth);
                case '"' -> string();
                default -> scalar();
            }
            values.add(new Span(start, at));
        }

        private void container(boolean object, int depth) {
            if (depth > 50) {
                throw new IllegalArgumentException("deep");
            }
            at++;
            for (skipSpace(); text.charAt(at) != (object ? '}' : ']'); skipSpace()) {
                int start = at;
                if (object) {
                    string();
                    keys.add(new Span(start, at));
                    skipSpace();
                    at++;
                }
                value(depth + 1);
                members.add(new Span(start, at));
                skipSpace();
                at += text.charAt(at) == ',' ? 1 : 0;
            }
            at++;
        }

        private void string() {
            int start = at++;
            while (text.charAt(at) != '"') {
                at += text.charAt(at) == '\\' ? 2 : 1;
            }
            at++;
            strings.add(new Span(start, at));
        }

        private void scalar() {
            int start = at;
            while (at < text.length() && ",]} \n\r\t".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            if (at == start) {
                throw new IllegalArgumentException("no value");
            }
            if (text.charAt(start) <= '9') {
                numbers.add(new Span(start, at));
            }
        }

        private void skipSpace() {
            while (text.charAt(at) <= ' ') {
                at++;
            }
        }
    }
}
