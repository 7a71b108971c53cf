package dev.sluice.text.template;

import java.math.BigDecimal;
import java.util.List;

/** Python's {@code ==}, {@code <} and {@code in}. */
final class Comparisons {
    private Comparisons() {}

    static boolean equal(Budget budget, Value a, Value b) {
        budget.work(Budget.ELEMENT);
        if (isNumber(a) && isNumber(b)) {
            return !isNaN(a) && !isNaN(b) && compareNumbers(a, b) == 0;
        }
        if (a instanceof Text left && b instanceof Text right) {
            budget.work(Math.min(left.length(), right.length()) / 16);
            return left.string().equals(right.string());
        }
        if (a instanceof Sequence left && b instanceof Sequence right) {
            return left.kind() == right.kind() && equalItems(budget, left.items(), right.items());
        }
        if (a instanceof Dict left && b instanceof Dict right) {
            return equalEntries(budget, left, right);
        }
        return a instanceof Undefined ? b instanceof Undefined : a.equals(b);
    }

    private static boolean equalItems(Budget budget, List<Value> a, List<Value> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!equal(budget, a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalEntries(Budget budget, Dict a, Dict b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (Dict.Entry entry : a.entries()) {
            Value other = b.get(entry.key());
            if (other == null || !equal(budget, entry.value(), other)) {
                return false;
            }
        }
        return true;
    }

    /** Negative, zero or positive as {@code a} is less than, equal to or greater than {@code b}. */
    static int compare(Budget budget, Value a, Value b) {
        budget.work(Budget.ELEMENT);
        if (a instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (isNaN(a) || isNaN(b)) {
            throw TemplateException.evaluation("order is not defined for NaN");
        }
        if (isNumber(a) && isNumber(b)) {
            return compareNumbers(a, b);
        }
        if (a instanceof Text left && b instanceof Text right) {
            budget.work(Math.min(left.length(), right.length()));
            return compareCodePoints(left.string(), right.string());
        }
        if (a instanceof Sequence left
                && b instanceof Sequence right
                && left.kind() == right.kind()
                && (left.kind() == Sequence.Kind.LIST || left.kind() == Sequence.Kind.TUPLE)) {
            return compareItems(budget, left.items(), right.items());
        }
        throw TemplateException.evaluation(
                "order is not defined between '" + Value.type(a) + "' and '" + Value.type(b) + "'");
    }

    private static int compareItems(Budget budget, List<Value> a, List<Value> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            if (!equal(budget, a.get(i), b.get(i))) {
                return compare(budget, a.get(i), b.get(i));
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /** Python orders by code point; {@code String.compareTo} would put the astral planes before U+E000. */
    private static int compareCodePoints(String a, String b) {
        int at = 0;
        int end = Math.min(a.length(), b.length());
        while (at < end && a.charAt(at) == b.charAt(at)) {
            at++;
        }
        if (at == end) {
            return Integer.compare(a.length(), b.length());
        }
        boolean inPair = at > 0 && Character.isHighSurrogate(a.charAt(at - 1));
        return Integer.compare(a.codePointAt(inPair ? at - 1 : at), b.codePointAt(inPair ? at - 1 : at));
    }

    static boolean contains(Budget budget, Value container, Value item) {
        return switch (container) {
            case Text text -> {
                if (item instanceof Text part) {
                    yield Strings.indexOf(budget, text, part.string(), 0) >= 0;
                }
                throw TemplateException.evaluation(
                        "'in' a string needs a string on the left, found " + Value.type(item));
            }
            case Dict dict -> dict.get(item) != null;
            case Undefined undefined -> false;
            case Sequence sequence -> containsItem(budget, sequence.items(), item);
            case Generator generator -> containsItem(budget, generator.take(), item);
            default ->
                throw TemplateException.evaluation(
                        "'in' needs a container on the right, found " + Value.type(container));
        };
    }

    private static boolean containsItem(Budget budget, List<Value> items, Value item) {
        for (Value candidate : items) {
            if (equal(budget, candidate, item)) {
                return true;
            }
        }
        return false;
    }

    static boolean isNumber(Value value) {
        return value instanceof Value.Bool
                || value instanceof Value.Int
                || value instanceof Value.BigInt
                || value instanceof Value.Real;
    }

    private static boolean isNaN(Value value) {
        return value instanceof Value.Real real && Double.isNaN(real.value());
    }

    /** Exact across types, as in Python: 2^53 + 1 is not equal to 2.0^53. Neither is a NaN. */
    private static int compareNumbers(Value a, Value b) {
        if (a instanceof Value.Real left && b instanceof Value.Real right) {
            double x = left.value();
            double y = right.value();
            return x < y ? -1 : x == y ? 0 : 1;
        }
        if (a instanceof Value.Real left && !Double.isFinite(left.value())) {
            return left.value() < 0 ? -1 : 1;
        }
        if (b instanceof Value.Real right && !Double.isFinite(right.value())) {
            return right.value() < 0 ? 1 : -1;
        }
        return exact(a).compareTo(exact(b));
    }

    private static BigDecimal exact(Value number) {
        return switch (number) {
            case Value.Bool bool -> bool.value() ? BigDecimal.ONE : BigDecimal.ZERO;
            case Value.Int integer -> BigDecimal.valueOf(integer.value());
            case Value.BigInt integer -> new BigDecimal(integer.value());
            case Value.Real real -> new BigDecimal(real.value());
            default -> throw new IllegalStateException("not a number: " + Value.type(number));
        };
    }

    /** {@code a operator b} for an operator of a comparison. */
    static boolean holds(Budget budget, String operator, Value a, Value b) {
        return switch (operator) {
            case "==" -> equal(budget, a, b);
            case "!=" -> !equal(budget, a, b);
            case "in" -> contains(budget, b, a);
            case "not in" -> !contains(budget, b, a);
            case "<" -> compare(budget, a, b) < 0;
            case "<=" -> compare(budget, a, b) <= 0;
            case ">" -> compare(budget, a, b) > 0;
            case ">=" -> compare(budget, a, b) >= 0;
            default -> throw new IllegalStateException("no comparison: " + operator);
        };
    }
}
