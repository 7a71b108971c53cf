package dev.sluice.text.template;

import java.util.List;

/** Python's {@code iter(value)} and {@code len(value)}. */
final class Iteration {
    private Iteration() {}

    /** The elements of {@code value}: of a string its characters, of a dictionary its keys. */
    static List<Value> items(Budget budget, Value value) {
        return switch (value) {
            case Sequence sequence -> {
                budget.work(sequence.items().size());
                yield sequence.items();
            }
            case Dict dict -> {
                budget.slots(dict.size());
                yield dict.keys();
            }
            case Text text -> Strings.characters(budget, text);
            case Generator generator -> generator.take();
            case Undefined undefined -> List.of();
            default -> throw TemplateException.evaluation(Value.described(value) + " is not iterable");
        };
    }

    static boolean isIterable(Value value) {
        return value instanceof Sequence
                || value instanceof Dict
                || value instanceof Text
                || value instanceof Generator
                || value instanceof Undefined;
    }

    static int length(Budget budget, Value value) {
        return switch (value) {
            case Sequence sequence -> sequence.items().size();
            case Dict dict -> dict.size();
            case Text text -> Strings.codePoints(budget, text);
            case Undefined undefined -> 0;
            default -> throw TemplateException.evaluation(Value.described(value) + " has no length");
        };
    }
}
