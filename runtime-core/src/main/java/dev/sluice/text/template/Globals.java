package dev.sluice.text.template;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The functions that every template sees. A variable of the same name hides them. */
final class Globals {
    /** The sandbox of the reference refuses longer ranges. */
    private static final int MAX_RANGE = 100_000;

    private static final Set<String> UNSUPPORTED = Set.of("cycler", "joiner", "lipsum", "self");

    private final Budget budget;
    private final Supplier<LocalDateTime> now;
    private final Map<String, Callable> functions = Map.of(
            "range", this::range,
            "dict", this::dict,
            "namespace", this::namespace,
            "raise_exception", this::raise,
            "strftime_now", this::now);

    Globals(Budget budget, Supplier<LocalDateTime> now) {
        this.budget = budget;
        this.now = now;
    }

    @Nullable
    Value find(String name) {
        if (UNSUPPORTED.contains(name)) {
            throw TemplateException.evaluation("'" + name + "' is not supported");
        }
        return functions.get(name);
    }

    private Value range(Arguments arguments) {
        Arguments.Bound bound = arguments.bind("range", 1, "", "", "");
        long start = bound.has(1) ? bound.integer(0) : 0;
        long stop = bound.has(1) ? bound.integer(1) : bound.integer(0);
        long step = bound.integer(2, 1);
        if (step == 0) {
            throw TemplateException.evaluation("range: the step must not be zero");
        }
        // doubles: the difference of two longs may overflow, and 100,000 is far from where they lose digits
        double count = Math.ceil(((double) stop - start) / step);
        if (count > MAX_RANGE) {
            throw TemplateException.limit("range: at most " + MAX_RANGE + " elements, asked for " + (long) count);
        }
        List<Value> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(Value.of(start + i * step));
        }
        return Sequence.of(budget, Sequence.Kind.RANGE, items);
    }

    /** {@code dict(mapping or pairs, key=value...)}. */
    private Value dict(Arguments arguments) {
        Dict result = new Dict();
        Value from = new Arguments(arguments.positional(), Map.of())
                .bind("dict", 0, "")
                .get(0, result);
        if (from instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (from instanceof Dict other) {
            other.entries().forEach(entry -> result.put(budget, entry.key(), entry.value()));
        } else {
            for (Value pair : Iteration.items(budget, from)) {
                List<Value> parts = Iteration.items(budget, pair);
                if (parts.size() != 2) {
                    throw TemplateException.evaluation("dict: needs pairs, found " + parts.size() + " element(s)");
                }
                result.put(budget, parts.get(0), parts.get(1));
            }
        }
        arguments.named().forEach((name, value) -> result.put(budget, Text.trusted(name), value));
        return result;
    }

    private Value namespace(Arguments arguments) {
        Namespace namespace = new Namespace();
        for (Dict.Entry entry : ((Dict) dict(arguments)).entries()) {
            if (!(entry.key() instanceof Text name)) {
                throw TemplateException.evaluation("namespace: names are strings, found " + Value.type(entry.key()));
            }
            namespace.set(name.string(), entry.value());
        }
        return namespace;
    }

    private Value raise(Arguments arguments) {
        Value message = arguments.bind("raise_exception", 1, "message").get(0);
        throw TemplateException.raised(PythonFormat.str(budget, message).string());
    }

    private Value now(Arguments arguments) {
        Text format = arguments.bind("strftime_now", 1, "").text(0);
        return Strings.derive(budget, format, TimeFormat.format(format.string(), now.get()));
    }
}
