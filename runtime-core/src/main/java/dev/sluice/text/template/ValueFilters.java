package dev.sluice.text.template;

import dev.sluice.text.template.Arguments.Bound;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters for single values: defaults, numbers, JSON. */
final class ValueFilters {
    static final Map<String, Filters.Filter> FILTERS = Map.of(
            "default", ValueFilters::defaulted,
            "d", ValueFilters::defaulted,
            "int", ValueFilters::integer,
            "float", ValueFilters::real,
            "round", ValueFilters::round,
            "abs", ValueFilters::absolute,
            "tojson", ValueFilters::json);

    /** Numbers as Python reads them; none of the alternatives backtracks over what another has read. */
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]++(?:_[0-9]++)*+");

    private static final Pattern REAL = Pattern.compile(
            "[+-]?(?:[0-9]++(?:_[0-9]++)*+(?:\\.(?:[0-9]++(?:_[0-9]++)*+)?)?|\\.[0-9]++(?:_[0-9]++)*+)(?:[eE][+-]?[0-9]++)?");
    private static final Pattern SPECIAL = Pattern.compile("(?i)([+-]?)(inf(?:inity)?|nan)");
    private static final int MAX_DIGITS = 400;

    private ValueFilters() {}

    private static Value defaulted(Evaluator evaluator, Value input, Arguments arguments) {
        Bound bound = arguments.bind("default", 0, "default_value", "boolean");
        boolean replaced = input instanceof Undefined || (bound.flag(1, false) && !Value.truth(input));
        return replaced ? bound.get(0, Text.EMPTY) : input;
    }

    private static Value integer(Evaluator evaluator, Value input, Arguments arguments) {
        Bound bound = arguments.bind("int", 0, "default", "base");
        Value otherwise = bound.get(0, Value.of(0));
        if (input instanceof Text text) {
            String digits = number(text);
            long base = bound.integer(1, 10);
            if (base != 10) {
                throw TemplateException.evaluation("int: base " + base + " is not supported");
            }
            if (INTEGER.matcher(digits).matches()) {
                return Value.of(new BigInteger(digits.replace("_", "")));
            }
        }
        Value real = toReal(input);
        return switch (real) {
            case Value.Int number -> number;
            case Value.BigInt number -> number;
            case Value.Real number
            when Double.isFinite(number.value()) -> Value.of(new BigDecimal(number.value()).toBigInteger());
            case null, default -> otherwise;
        };
    }

    private static Value real(Evaluator evaluator, Value input, Arguments arguments) {
        Value otherwise = arguments.bind("float", 0, "default").get(0, new Value.Real(0));
        Value number = toReal(input);
        return number == null
                ? otherwise
                : number instanceof Value.Real ? number : new Value.Real(Numbers.real(number));
    }

    /** {@code value} as a number, or null when it is none. */
    private static @Nullable Value toReal(Value value) {
        return switch (value) {
            case Undefined undefined -> throw undefined.failure();
            case Text text -> parse(number(text));
            case Value.Bool bool -> Numbers.number(bool);
            case Value.Int number -> number;
            case Value.BigInt number -> number;
            case Value.Real number -> number;
            default -> null;
        };
    }

    private static String number(Text text) {
        String string = text.string();
        int from = PyChars.skipSpaces(string, 0, string.length());
        int to = PyChars.skipSpacesBack(string, from, string.length());
        if (to - from > MAX_DIGITS) {
            throw TemplateException.limit("a number in a string has at most " + MAX_DIGITS + " characters");
        }
        return string.substring(from, to);
    }

    private static @Nullable Value parse(String text) {
        if (REAL.matcher(text).matches()) {
            return new Value.Real(Double.parseDouble(text.replace("_", "")));
        }
        var special = SPECIAL.matcher(text);
        if (!special.matches()) {
            return null;
        }
        double magnitude = Strings.lower(special.group(2)).startsWith("i") ? Double.POSITIVE_INFINITY : Double.NaN;
        return new Value.Real(special.group(1).equals("-") ? -magnitude : magnitude);
    }

    private static Value round(Evaluator evaluator, Value input, Arguments arguments) {
        Bound bound = arguments.bind("round", 0, "precision", "method");
        return Numbers.round(
                input, bound.integer(0, 0), bound.has(1) ? bound.text(1).string() : "common");
    }

    private static Value absolute(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("abs", 0);
        return Numbers.absolute(input);
    }

    private static Value json(Evaluator evaluator, Value input, Arguments arguments) {
        Bound bound = arguments.bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        String indent = indent(bound);
        String item = indent == null ? ", " : ",";
        String key = ": ";
        if (bound.get(2, Value.None.NONE) != Value.None.NONE) {
            boolean pair = bound.get(2) instanceof Sequence sequence
                    && sequence.items().size() == 2;
            if (!pair
                    || !(((Sequence) bound.get(2)).items().get(0) instanceof Text first)
                    || !(((Sequence) bound.get(2)).items().get(1) instanceof Text second)) {
                throw TemplateException.evaluation("tojson: separators must be two strings");
            }
            item = first.string();
            key = second.string();
        }
        return JsonText.write(
                evaluator.budget(),
                input,
                new JsonText.Layout(bound.flag(0, false), indent, item, key, bound.flag(3, false)));
    }

    private static @Nullable String indent(Bound bound) {
        return switch (bound.get(1, Value.None.NONE)) {
            case Value.None none -> null;
            case Text text -> text.string();
            default -> {
                long width = bound.integer(1);
                if (width > 64) {
                    throw TemplateException.limit("tojson: indent is at most 64, found " + width);
                }
                yield " ".repeat((int) Math.max(0, width));
            }
        };
    }
}
