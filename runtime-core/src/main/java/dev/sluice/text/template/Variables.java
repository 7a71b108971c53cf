package dev.sluice.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns what the caller passes into values; every string becomes content unless it is a {@link TrustedText}. */
final class Variables {
    /** Counts the size of the variables without spending any of the rendering's own budget. */
    private long cells;

    private final Budget unlimited = new Budget(Long.MAX_VALUE / 64);

    Scope read(Map<String, ? extends @Nullable Object> variables) {
        Scope scope = new Scope(null);
        variables.forEach((name, value) -> scope.set(name, value(name, value, 0)));
        return scope;
    }

    /** Characters and slots read. */
    long cells() {
        return cells;
    }

    private Value value(String where, @Nullable Object value, int depth) {
        if (depth > Budget.MAX_NESTING) {
            throw TemplateException.limit(
                    "variable '" + where + "' nests deeper than " + Budget.MAX_NESTING + " levels");
        }
        cells += 8;
        return switch (value) {
            case null -> Value.None.NONE;
            case Boolean bool -> Value.of(bool.booleanValue());
            case Integer number -> Value.of(number.longValue());
            case Long number -> Value.of(number.longValue());
            case BigInteger number -> Value.of(number);
            case Double number -> new Value.Real(number);
            case Float number -> new Value.Real(number);
            case BigDecimal number -> new Value.Real(number.doubleValue());
            case TrustedText text -> Text.trusted(counted(text.text()));
            case CharSequence text -> Text.content(counted(text.toString()));
            case List<?> list -> {
                List<Value> items = new ArrayList<>(list.size());
                list.forEach(item -> items.add(value(where, item, depth + 1)));
                yield Sequence.list(unlimited, items);
            }
            case Map<?, ?> map -> {
                Dict dict = new Dict();
                map.forEach((key, item) ->
                        dict.put(unlimited, value(where, key, depth + 1), value(where, item, depth + 1)));
                yield dict;
            }
            default ->
                throw TemplateException.evaluation("variable '" + where + "' holds a "
                        + value.getClass().getName() + "; text, numbers, booleans, lists and maps are possible");
        };
    }

    private String counted(String text) {
        cells += text.length();
        return text;
    }
}
