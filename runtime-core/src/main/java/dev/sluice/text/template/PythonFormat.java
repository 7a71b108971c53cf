package dev.sluice.text.template;

import java.util.Iterator;
import java.util.List;

/** Python's {@code str} and {@code repr}. */
final class PythonFormat {
    private PythonFormat() {}

    /** {@code str(value)}: what printing shows. Numbers count as the template's own text, since a template chose to print them. */
    static Text str(Budget budget, Value value) {
        return switch (value) {
            case Text text -> text;
            case Undefined undefined -> Text.EMPTY;
            case Value.Scalar scalar -> {
                String text = scalar(scalar);
                budget.characters(text.length());
                yield Text.trusted(text);
            }
            default -> {
                TextBuilder out = new TextBuilder(budget);
                repr(out, value);
                yield out.toText();
            }
        };
    }

    private static void repr(TextBuilder out, Value value) {
        switch (value) {
            case Text text -> {
                String quoted = quoted(text.string());
                out.append(text.isMarkup() ? "Markup(" + quoted + ")" : quoted, text.hasContent());
            }
            case Value.Scalar scalar -> out.append(scalar(scalar));
            case Undefined undefined -> out.append("Undefined");
            case Sequence sequence -> sequence(out, sequence);
            case Dict dict -> dict(out, dict);
            default -> throw TemplateException.evaluation("a " + Value.type(value) + " cannot be printed");
        }
    }

    private static void sequence(TextBuilder out, Sequence sequence) {
        switch (sequence.kind()) {
            case LIST -> items(out, "[", sequence.items(), "]");
            case TUPLE -> items(out, "(", sequence.items(), sequence.items().size() == 1 ? ",)" : ")");
            case KEYS, VALUES, ITEMS -> items(out, sequence.kind().type + "([", sequence.items(), "])");
            case RANGE -> throw TemplateException.evaluation("a range cannot be printed; add '| list'");
        }
    }

    private static void items(TextBuilder out, String open, List<Value> items, String close) {
        out.append(open);
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : ", ");
            repr(out, items.get(i));
        }
        out.append(close);
    }

    private static void dict(TextBuilder out, Dict dict) {
        out.append("{");
        for (Iterator<Dict.Entry> entries = dict.entries().iterator(); entries.hasNext(); ) {
            Dict.Entry entry = entries.next();
            repr(out, entry.key());
            out.append(": ");
            repr(out, entry.value());
            out.append(entries.hasNext() ? ", " : "");
        }
        out.append("}");
    }

    static String scalar(Value.Scalar value) {
        return switch (value) {
            case Value.None none -> "None";
            case Value.Bool bool -> bool.value() ? "True" : "False";
            case Value.Int number -> Long.toString(number.value());
            case Value.BigInt number -> number.value().toString();
            case Value.Real number -> real(number.value());
        };
    }

    /** Python's {@code repr} of a float: the shortest digits that read back as {@code value}, exponents from 1e16 and below 1e-4. */
    static String real(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        String sign = Math.copySign(1, value) < 0 ? "-" : "";
        double magnitude = Math.abs(value);
        if (Double.isInfinite(value)) {
            return sign + "inf";
        }
        String java = Double.toString(magnitude);
        int e = java.indexOf('E');
        String mantissa = e < 0 ? java : java.substring(0, e);
        int point = mantissa.indexOf('.');
        String digits = mantissa.substring(0, point) + mantissa.substring(point + 1);
        // position of the decimal point relative to the first significant digit
        int exponent = point + (e < 0 ? 0 : Integer.parseInt(java.substring(e + 1)));
        int zeros = 0;
        while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
            zeros++;
        }
        digits = shortest(magnitude, stripZeros(digits.substring(zeros)), exponent - zeros);
        return sign + layout(digits, magnitude == 0 ? 1 : exponent - zeros);
    }

    /** Java always gives two digits (4.9E-324) where Python gives one if one reads back (5e-324). */
    private static String shortest(double magnitude, String digits, int exponent) {
        if (digits.length() == 2) {
            for (int digit = digits.charAt(0) - '0'; digit <= Math.min(9, digits.charAt(0) - '0' + 1); digit++) {
                if (Double.parseDouble(digit + "E" + (exponent - 1)) == magnitude) {
                    return Integer.toString(digit);
                }
            }
        }
        return digits;
    }

    private static String stripZeros(String digits) {
        int end = digits.length();
        while (end > 1 && digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, end);
    }

    /** {@code 0.digits * 10^exponent} as Python lays it out. */
    private static String layout(String digits, int exponent) {
        if (exponent > 16 || exponent <= -4) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            int shown = exponent - 1;
            return digits.charAt(0) + fraction + "e" + (shown < 0 ? "-" : "+") + (Math.abs(shown) < 10 ? "0" : "")
                    + Math.abs(shown);
        }
        if (exponent <= 0) {
            return "0." + "0".repeat(-exponent) + digits;
        }
        return digits.length() <= exponent
                ? digits + "0".repeat(exponent - digits.length()) + ".0"
                : digits.substring(0, exponent) + "." + digits.substring(exponent);
    }

    /** {@code repr} of a string. */
    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (PyChars.isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(
                                c < 0x100
                                        ? "\\x%02x".formatted(c)
                                        : c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c));
                    }
                }
            }
        });
        return out.append(quote).toString();
    }
}
