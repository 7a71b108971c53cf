package dev.sluice.text.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evaluated arguments of a call.
 *
 * @param positional in order
 * @param named by keyword
 */
record Arguments(List<Value> positional, Map<String, Value> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(List<Value> positional) {
        return new Arguments(positional, Map.of());
    }

    /** These without the first {@code count} positional ones. */
    Arguments without(int count) {
        return new Arguments(positional.subList(Math.min(count, positional.size()), positional.size()), named);
    }

    /** The first positional argument, which must be a string. */
    Text bindFirst(String callee) {
        return Arguments.of(positional.subList(0, 1)).bind(callee, 1, "").text(0);
    }

    /**
     * Assigns the arguments to parameters.
     *
     * @param callee for messages
     * @param required how many of the parameters must be given
     * @param names the parameters in order; an empty name cannot be given by keyword
     */
    Bound bind(String callee, int required, String... names) {
        @Nullable Value[] values = new @Nullable Value[names.length];
        if (positional.size() > names.length) {
            throw TemplateException.evaluation(
                    callee + " takes at most " + names.length + " argument(s), found " + positional.size());
        }
        for (int i = 0; i < positional.size(); i++) {
            values[i] = positional.get(i);
        }
        named.forEach((name, value) -> {
            int at = List.of(names).indexOf(name);
            if (name.isEmpty() || at < 0 || values[at] != null) {
                throw TemplateException.evaluation(callee + " takes no keyword argument '" + name + "' here");
            }
            values[at] = value;
        });
        for (int i = 0; i < required; i++) {
            if (values[i] == null) {
                throw TemplateException.evaluation(
                        callee + " misses argument " + (i + 1) + (names[i].isEmpty() ? "" : ", '" + names[i] + "'"));
            }
        }
        return new Bound(callee, values);
    }

    /** Arguments assigned to parameters. */
    static final class Bound {
        private final String callee;
        private final @Nullable Value[] values;

        private Bound(String callee, @Nullable Value[] values) {
            this.callee = callee;
            this.values = values;
        }

        Value get(int index) {
            Value value = values[index];
            if (value == null) {
                throw TemplateException.evaluation(callee + " misses argument " + (index + 1));
            }
            return value;
        }

        Value get(int index, Value otherwise) {
            Value value = values[index];
            return value == null ? otherwise : value;
        }

        boolean has(int index) {
            return values[index] != null;
        }

        boolean flag(int index, boolean otherwise) {
            Value value = values[index];
            return value == null ? otherwise : Value.truth(value);
        }

        Text text(int index) {
            if (get(index) instanceof Text text) {
                return text;
            }
            throw wrongType(index, "a string");
        }

        long integer(int index) {
            return switch (get(index)) {
                case Value.Int number -> number.value();
                case Value.Bool bool -> bool.value() ? 1 : 0;
                default -> throw wrongType(index, "an integer");
            };
        }

        long integer(int index, long otherwise) {
            return has(index) ? integer(index) : otherwise;
        }

        private TemplateException wrongType(int index, String expected) {
            return TemplateException.evaluation(callee + ": argument " + (index + 1) + " must be " + expected
                    + ", found " + Value.type(get(index)));
        }
    }
}
