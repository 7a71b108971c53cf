package dev.sluice.text.template;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The {@code attribute} argument of filters: {@code 'a.b.0'} leads from an element to the value that counts. */
final class Paths {
    private Paths() {}

    /** Follows {@code attribute}, a string or an integer; {@code none} leads nowhere. */
    static UnaryOperator<Value> getter(Evaluator evaluator, Value attribute) {
        return getter(evaluator, attribute, null);
    }

    /** @param otherwise what an undefined step becomes; null keeps it undefined */
    static UnaryOperator<Value> getter(Evaluator evaluator, Value attribute, @Nullable Value otherwise) {
        List<Value> steps = steps(attribute);
        return item -> {
            Value value = item;
            for (Value step : steps) {
                value = Members.item(evaluator.budget(), value, step);
                if (otherwise != null && value instanceof Undefined) {
                    value = otherwise;
                }
            }
            return value;
        };
    }

    /** One getter for every path of {@code 'a,b.c'}. */
    static List<UnaryOperator<Value>> getters(Evaluator evaluator, Value attribute) {
        if (!(attribute instanceof Text text)) {
            return List.of(getter(evaluator, attribute));
        }
        List<UnaryOperator<Value>> getters = new ArrayList<>();
        for (String path : text.string().split(",", -1)) {
            getters.add(getter(evaluator, Text.trusted(path)));
        }
        return getters;
    }

    private static List<Value> steps(Value attribute) {
        return switch (attribute) {
            case Value.None none -> List.of();
            case Value.Int index -> List.of(index);
            case Text text -> {
                List<Value> steps = new ArrayList<>();
                for (String step : text.string().split("\\.", -1)) {
                    boolean index = !step.isEmpty()
                            && step.length() < 10
                            && step.chars().allMatch(c -> c >= '0' && c <= '9');
                    steps.add(index ? Value.of(Long.parseLong(step)) : Text.trusted(step));
                }
                yield steps;
            }
            default ->
                throw TemplateException.evaluation(
                        "an attribute must be a string or an integer, found " + Value.type(attribute));
        };
    }

    /** What elements are ordered by: text in lower case unless case counts. */
    static Value comparable(Evaluator evaluator, Value value, boolean caseSensitive) {
        return value instanceof Text text && !caseSensitive
                ? Strings.derive(evaluator.budget(), text, Strings.lower(text.string()))
                : value;
    }
}
