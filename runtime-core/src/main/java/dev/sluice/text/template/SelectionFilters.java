package dev.sluice.text.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** {@code map}, {@code select}, {@code reject} and their forms with attributes. */
final class SelectionFilters {
    static final Map<String, Filters.Filter> FILTERS = Map.of(
            "map", SelectionFilters::map,
            "select", (evaluator, input, arguments) -> select(evaluator, input, arguments, false, true),
            "reject", (evaluator, input, arguments) -> select(evaluator, input, arguments, false, false),
            "selectattr", (evaluator, input, arguments) -> select(evaluator, input, arguments, true, true),
            "rejectattr", (evaluator, input, arguments) -> select(evaluator, input, arguments, true, false));

    private SelectionFilters() {}

    private static Value map(Evaluator evaluator, Value input, Arguments arguments) {
        UnaryOperator<Value> change = change(evaluator, arguments);
        List<Value> mapped = new ArrayList<>();
        for (Value item : Iteration.items(evaluator.budget(), input)) {
            evaluator.budget().step();
            mapped.add(change.apply(item));
        }
        evaluator.budget().slots(mapped.size());
        return new Generator(mapped);
    }

    private static UnaryOperator<Value> change(Evaluator evaluator, Arguments arguments) {
        if (!arguments.positional().isEmpty()) {
            String filter = arguments.bindFirst("map").string();
            Arguments rest = arguments.without(1);
            return item -> Filters.apply(evaluator, filter, item, rest);
        }
        Map<String, Value> named = new HashMap<>(arguments.named());
        Value attribute = named.remove("attribute");
        Value otherwise = named.remove("default");
        if (attribute == null || !named.isEmpty()) {
            throw TemplateException.evaluation("map needs the name of a filter, or attribute=...");
        }
        // Jinja cannot tell default=none from no default
        return Paths.getter(evaluator, attribute, otherwise == Value.None.NONE ? null : otherwise);
    }

    private static Value select(
            Evaluator evaluator, Value input, Arguments arguments, boolean byAttribute, boolean kept) {
        UnaryOperator<Value> attribute = UnaryOperator.identity();
        Arguments rest = arguments;
        if (byAttribute) {
            if (arguments.positional().isEmpty()) {
                throw TemplateException.evaluation("selectattr and rejectattr need the name of an attribute");
            }
            attribute = Paths.getter(evaluator, arguments.positional().getFirst());
            rest = arguments.without(1);
        }
        Predicate<Value> test = test(evaluator, rest);
        List<Value> selected = new ArrayList<>();
        for (Value item : Iteration.items(evaluator.budget(), input)) {
            evaluator.budget().step();
            if (test.test(attribute.apply(item)) == kept) {
                selected.add(item);
            }
        }
        evaluator.budget().slots(selected.size());
        return new Generator(selected);
    }

    private static Predicate<Value> test(Evaluator evaluator, Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            arguments.bind("select", 0);
            return Value::truth;
        }
        String name = arguments.bindFirst("select").string();
        Arguments rest = arguments.without(1);
        return value -> ValueTests.test(evaluator, name, value, rest);
    }
}
