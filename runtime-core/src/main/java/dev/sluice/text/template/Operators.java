package dev.sluice.text.template;

import java.util.ArrayList;
import java.util.List;

/** {@code + - * / // % **} on values of any type. */
final class Operators {
    private Operators() {}

    static Value arithmetic(Budget budget, String operator, Value a, Value b) {
        if (a instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (b instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (Comparisons.isNumber(a) && Comparisons.isNumber(b)) {
            return Numbers.arithmetic(operator, a, b);
        }
        return switch (operator) {
            case "+" -> add(budget, a, b);
            case "*" -> b instanceof Text || b instanceof Sequence ? repeat(budget, b, a) : repeat(budget, a, b);
            case "%" -> remainder(a, b);
            default -> throw unsupported(operator, a, b);
        };
    }

    private static TemplateException unsupported(String operator, Value a, Value b) {
        return TemplateException.evaluation(
                "'" + operator + "' does not take '" + Value.type(a) + "' and '" + Value.type(b) + "'");
    }

    private static Value add(Budget budget, Value a, Value b) {
        if (a instanceof Text left && b instanceof Text right) {
            return Strings.concat(budget, left, right);
        }
        boolean joinable = a instanceof Sequence left
                && b instanceof Sequence right
                && left.kind() == right.kind()
                && isListOrTuple(left);
        if (!joinable) {
            throw unsupported("+", a, b);
        }
        List<Value> items = new ArrayList<>(((Sequence) a).items());
        items.addAll(((Sequence) b).items());
        return Sequence.of(budget, ((Sequence) a).kind(), items);
    }

    private static boolean isListOrTuple(Sequence sequence) {
        return sequence.kind() == Sequence.Kind.LIST || sequence.kind() == Sequence.Kind.TUPLE;
    }

    private static Value repeat(Budget budget, Value value, Value times) {
        boolean whole = times instanceof Value.Int || times instanceof Value.Bool;
        if (!whole) {
            throw unsupported("*", value, times);
        }
        long count = Math.max(0, times instanceof Value.Int number ? number.value() : Value.truth(times) ? 1 : 0);
        if (value instanceof Text text) {
            Text repeated = Strings.repeat(budget, text, count);
            return text.isMarkup() ? repeated.asMarkup() : repeated;
        }
        if (!(value instanceof Sequence sequence) || !isListOrTuple(sequence)) {
            throw unsupported("*", value, times);
        }
        int size = sequence.items().size();
        if (size > 0 && count > Budget.MAX_TEXT / size) {
            throw TemplateException.limit("a list grows beyond " + Budget.MAX_TEXT + " elements");
        }
        budget.slots(size * count);
        List<Value> items = new ArrayList<>();
        for (long i = 0; i < count && size > 0; i++) {
            items.addAll(sequence.items());
        }
        return Sequence.of(budget, sequence.kind(), items);
    }

    static Value remainder(Value a, Value b) {
        if (a instanceof Text) {
            throw TemplateException.evaluation("formatting a string with '%' is not supported; use ~ or +");
        }
        return Numbers.arithmetic("%", a, b);
    }
}
