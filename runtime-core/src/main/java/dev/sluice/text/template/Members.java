package dev.sluice.text.template;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Attributes and elements of values, in Jinja's order: {@code a.b} is an attribute first and an element second, {@code a['b']}
 * the other way round. What Python's type has and this package has not is an error; what neither has is undefined.
 */
final class Members {
    private static final Set<String> DICT = Set.of("get", "items", "keys", "values", "copy");
    private static final Set<String> DICT_UNSAFE = Set.of("clear", "pop", "popitem", "setdefault", "update");
    private static final Set<String> LIST = Set.of("index", "count");
    private static final Set<String> LIST_UNSAFE =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");
    private static final Set<String> NUMBER_UNSUPPORTED = Set.of(
            "as_integer_ratio",
            "bit_count",
            "bit_length",
            "conjugate",
            "denominator",
            "from_bytes",
            "fromhex",
            "hex",
            "imag",
            "is_integer",
            "numerator",
            "real",
            "to_bytes");

    private Members() {}

    /** {@code target.name}. */
    static Value attribute(Budget budget, Value target, String name) {
        Value method = method(budget, target, name);
        if (method != null) {
            return method;
        }
        Value element = target instanceof Dict dict ? dict.get(name) : null;
        return element == null ? Undefined.attribute(target, name) : element;
    }

    /** {@code target[index]}. */
    static Value item(Budget budget, Value target, Value index) {
        Value element = element(budget, target, index);
        if (element == null && index instanceof Text name) {
            element = method(budget, target, name.string());
        }
        return element == null ? missing(target, index) : element;
    }

    private static Undefined missing(Value target, Value index) {
        String shown =
                index instanceof Text text ? "'" + text + "'" : index instanceof Value.Int i ? "" + i.value() : "that";
        return new Undefined(Value.described(target) + " has no element " + shown);
    }

    private static @Nullable Value element(Budget budget, Value target, Value index) {
        if (target instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (target instanceof Dict dict) {
            return Dict.isHashable(index) ? dict.get(index) : null;
        }
        boolean whole = index instanceof Value.Int || index instanceof Value.Bool;
        if (!whole || !(target instanceof Text || target instanceof Sequence)) {
            return null;
        }
        long position = index instanceof Value.Int number ? number.value() : Value.truth(index) ? 1 : 0;
        if (target instanceof Text text) {
            return character(budget, text, position);
        }
        Sequence sequence = (Sequence) target;
        int size = sequence.items().size();
        long at = position < 0 ? position + size : position;
        return sequence.kind().indexed() && at >= 0 && at < size
                ? sequence.items().get((int) at)
                : null;
    }

    private static @Nullable Value character(Budget budget, Text text, long position) {
        int count = Strings.codePoints(budget, text);
        long at = position < 0 ? position + count : position;
        if (at < 0 || at >= count) {
            return null;
        }
        int from = Strings.offset(budget, text, (int) at);
        return Strings.slice(
                budget, text, from, from + Character.charCount(text.string().codePointAt(from)));
    }

    /** The attribute {@code name} of the value's type; null when the type has none of that name. */
    private static @Nullable Value method(Budget budget, Value target, String name) {
        return switch (target) {
            case Undefined undefined -> throw undefined.failure();
            case Text text
            when StringMethods.NAMES.contains(name) ->
                (Callable) arguments -> StringMethods.call(budget, text, name, arguments);
            case Text text when StringMethods.UNSUPPORTED.contains(name) -> throw unsupported(target, name);
            case Dict dict
            when DICT.contains(name) -> (Callable) arguments -> dictMethod(budget, dict, name, arguments);
            case Dict dict when DICT_UNSAFE.contains(name) -> Undefined.unsafe(dict, name);
            case Dict dict when name.equals("fromkeys") -> throw unsupported(target, name);
            case Sequence sequence -> sequenceMember(budget, sequence, name);
            case Namespace namespace -> namespace.get(name);
            case Loop loop -> loop.attribute(name);
            case Callable callable -> throw TemplateException.evaluation("attributes of functions are not supported");
            case Value.Scalar scalar
            when NUMBER_UNSUPPORTED.contains(name) && Comparisons.isNumber(scalar) -> throw unsupported(target, name);
            default -> null;
        };
    }

    private static @Nullable Value sequenceMember(Budget budget, Sequence sequence, String name) {
        boolean list = sequence.kind() == Sequence.Kind.LIST;
        if (list && LIST_UNSAFE.contains(name)) {
            return Undefined.unsafe(sequence, name);
        }
        if (list && name.equals("copy")) {
            return (Callable) arguments -> Sequence.list(budget, sequence.items());
        }
        if (list || sequence.kind() == Sequence.Kind.TUPLE) {
            return LIST.contains(name) ? (Callable) arguments -> listMethod(budget, sequence, name, arguments) : null;
        }
        if (Set.of("start", "stop", "step", "index", "count", "mapping", "isdisjoint")
                .contains(name)) {
            throw unsupported(sequence, name);
        }
        return null;
    }

    private static TemplateException unsupported(Value target, String name) {
        return TemplateException.evaluation("'" + name + "' of a " + Value.type(target) + " is not supported");
    }

    private static Value dictMethod(Budget budget, Dict dict, String name, Arguments arguments) {
        if (name.equals("get")) {
            Arguments.Bound bound = arguments.bind("dict.get", 1, "", "");
            Value found = dict.get(bound.get(0));
            return found == null ? bound.get(1, Value.None.NONE) : found;
        }
        arguments.bind("dict." + name, 0);
        return switch (name) {
            case "keys" -> Sequence.of(budget, Sequence.Kind.KEYS, dict.keys());
            case "values" ->
                Sequence.of(
                        budget,
                        Sequence.Kind.VALUES,
                        dict.entries().stream().map(Dict.Entry::value).toList());
            case "items" -> Sequence.of(budget, Sequence.Kind.ITEMS, dict.items(budget));
            default -> dict;
        };
    }

    private static Value listMethod(Budget budget, Sequence list, String name, Arguments arguments) {
        Value wanted = arguments.bind("list." + name, 1, "").get(0);
        int count = 0;
        for (int i = 0; i < list.items().size(); i++) {
            boolean equal = Comparisons.equal(budget, list.items().get(i), wanted);
            if (equal && name.equals("index")) {
                return Value.of(i);
            }
            count += equal ? 1 : 0;
        }
        if (name.equals("index")) {
            throw TemplateException.evaluation("list.index: the value is not in the list");
        }
        return Value.of(count);
    }

    /** {@code target[from:to:step]}; null stands for a bound that is left out. */
    static Value slice(Budget budget, Value target, @Nullable Long from, @Nullable Long to, @Nullable Long step) {
        if (target instanceof Undefined undefined) {
            throw undefined.failure();
        }
        boolean sliceable = target instanceof Text
                || (target instanceof Sequence sequence && sequence.kind().indexed());
        if (!sliceable) {
            // Jinja turns every failing subscript into an undefined value
            return new Undefined(Value.described(target) + " cannot be sliced");
        }
        return Slices.slice(budget, target, from, to, step == null ? 1 : step);
    }
}
