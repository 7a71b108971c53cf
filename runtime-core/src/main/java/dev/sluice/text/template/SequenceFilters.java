package dev.sluice.text.template;

import dev.sluice.text.template.Arguments.Bound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Filters for lists, and for what iterates like one. */
final class SequenceFilters {
    static final Map<String, Filters.Filter> FILTERS = Map.ofEntries(
            Map.entry("length", SequenceFilters::length),
            Map.entry("count", SequenceFilters::length),
            Map.entry("list", SequenceFilters::list),
            Map.entry("first", SequenceFilters::first),
            Map.entry("last", SequenceFilters::last),
            Map.entry("join", SequenceFilters::join),
            Map.entry("reverse", SequenceFilters::reverse),
            Map.entry("items", SequenceFilters::items),
            Map.entry("sort", SequenceFilters::sort),
            Map.entry("dictsort", SequenceFilters::sortEntries),
            Map.entry("unique", SequenceFilters::unique),
            Map.entry("min", (evaluator, input, arguments) -> extreme(evaluator, input, arguments, -1)),
            Map.entry("max", (evaluator, input, arguments) -> extreme(evaluator, input, arguments, 1)),
            Map.entry("sum", SequenceFilters::sum));

    private SequenceFilters() {}

    private static Value length(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("length", 0);
        return Value.of(Iteration.length(evaluator.budget(), input));
    }

    private static Value list(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("list", 0);
        return Sequence.list(evaluator.budget(), Iteration.items(evaluator.budget(), input));
    }

    private static Value first(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("first", 0);
        List<Value> items = Iteration.items(evaluator.budget(), input);
        return items.isEmpty() ? new Undefined("No first item, sequence was empty.") : items.getFirst();
    }

    private static Value last(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("last", 0);
        if (input instanceof Generator) {
            throw TemplateException.evaluation("last: a generator cannot be read from its end; add '| list'");
        }
        List<Value> items = Iteration.items(evaluator.budget(), input);
        return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.getLast();
    }

    private static Value join(Evaluator evaluator, Value input, Arguments arguments) {
        Budget budget = evaluator.budget();
        Bound bound = arguments.bind("join", 0, "d", "attribute");
        UnaryOperator<Value> attribute = Paths.getter(evaluator, bound.get(1, Value.None.NONE));
        List<Text> parts = new ArrayList<>();
        for (Value item : Iteration.items(budget, input)) {
            parts.add(PythonFormat.str(budget, attribute.apply(item)));
        }
        return Strings.join(budget, PythonFormat.str(budget, bound.get(0, Text.EMPTY)), parts);
    }

    private static Value reverse(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("reverse", 0);
        return input instanceof Text
                ? Members.slice(evaluator.budget(), input, null, null, -1L)
                : new Generator(Iteration.items(evaluator.budget(), input).reversed());
    }

    private static Value items(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("items", 0);
        return switch (input) {
            case Undefined undefined -> new Generator(List.of());
            case Dict dict -> new Generator(dict.items(evaluator.budget()));
            default -> throw TemplateException.evaluation("items: needs a mapping, found " + Value.type(input));
        };
    }

    private static Value sort(Evaluator evaluator, Value input, Arguments arguments) {
        Bound bound = arguments.bind("sort", 0, "reverse", "case_sensitive", "attribute");
        boolean caseSensitive = bound.flag(1, false);
        Value attribute = bound.get(2, Value.None.NONE);
        List<UnaryOperator<Value>> keys = Paths.getters(evaluator, attribute);
        return sorted(
                evaluator,
                Iteration.items(evaluator.budget(), input),
                item -> {
                    if (keys.size() == 1) {
                        return Paths.comparable(evaluator, keys.getFirst().apply(item), caseSensitive);
                    }
                    List<Value> parts = new ArrayList<>();
                    keys.forEach(key -> parts.add(Paths.comparable(evaluator, key.apply(item), caseSensitive)));
                    return Sequence.list(evaluator.budget(), parts);
                },
                bound.flag(0, false));
    }

    private record Keyed(Value key, Value item) {}

    private static Sequence sorted(
            Evaluator evaluator, List<Value> items, UnaryOperator<Value> key, boolean descending) {
        Budget budget = evaluator.budget();
        budget.slots(items.size());
        List<Keyed> keyed = new ArrayList<>();
        items.forEach(item -> keyed.add(new Keyed(key.apply(item), item)));
        Comparator<Keyed> ascending = (a, b) -> Comparisons.compare(budget, a.key(), b.key());
        keyed.sort(descending ? ascending.reversed() : ascending);
        return Sequence.list(budget, keyed.stream().map(Keyed::item).toList());
    }

    private static Value sortEntries(Evaluator evaluator, Value input, Arguments arguments) {
        Bound bound = arguments.bind("dictsort", 0, "case_sensitive", "by", "reverse");
        String by = bound.has(1) ? bound.text(1).string() : "key";
        if (!by.equals("key") && !by.equals("value")) {
            throw TemplateException.evaluation("dictsort: 'by' must be 'key' or 'value', found '" + by + "'");
        }
        if (!(input instanceof Dict dict)) {
            throw TemplateException.evaluation("dictsort: needs a mapping, found " + Value.type(input));
        }
        int part = by.equals("key") ? 0 : 1;
        return sorted(
                evaluator,
                dict.items(evaluator.budget()),
                item -> Paths.comparable(evaluator, ((Sequence) item).items().get(part), bound.flag(0, false)),
                bound.flag(2, false));
    }

    private static Value unique(Evaluator evaluator, Value input, Arguments arguments) {
        Bound bound = arguments.bind("unique", 0, "case_sensitive", "attribute");
        UnaryOperator<Value> attribute = Paths.getter(evaluator, bound.get(1, Value.None.NONE));
        Dict seen = new Dict();
        List<Value> unique = new ArrayList<>();
        for (Value item : Iteration.items(evaluator.budget(), input)) {
            Value key = Paths.comparable(evaluator, attribute.apply(item), bound.flag(0, false));
            if (seen.get(key) == null) {
                seen.put(evaluator.budget(), key, item);
                unique.add(item);
            }
        }
        return new Generator(unique);
    }

    /** {@code min} for sign -1, {@code max} for 1; the first of equal elements. */
    private static Value extreme(Evaluator evaluator, Value input, Arguments arguments, int sign) {
        Bound bound = arguments.bind(sign < 0 ? "min" : "max", 0, "case_sensitive", "attribute");
        UnaryOperator<Value> attribute = Paths.getter(evaluator, bound.get(1, Value.None.NONE));
        Value best = null;
        Value bestKey = Value.None.NONE;
        for (Value item : Iteration.items(evaluator.budget(), input)) {
            Value key = Paths.comparable(evaluator, attribute.apply(item), bound.flag(0, false));
            if (best == null || sign * Comparisons.compare(evaluator.budget(), key, bestKey) > 0) {
                best = item;
                bestKey = key;
            }
        }
        return best == null ? new Undefined("No aggregated item, sequence was empty.") : best;
    }

    private static Value sum(Evaluator evaluator, Value input, Arguments arguments) {
        Bound bound = arguments.bind("sum", 0, "attribute", "start");
        UnaryOperator<Value> attribute = Paths.getter(evaluator, bound.get(0, Value.None.NONE));
        Value total = bound.get(1, Value.of(0));
        if (total instanceof Text) {
            throw TemplateException.evaluation("sum: strings cannot be summed; use join");
        }
        for (Value item : Iteration.items(evaluator.budget(), input)) {
            total = Operators.arithmetic(evaluator.budget(), "+", total, attribute.apply(item));
        }
        return total;
    }
}
