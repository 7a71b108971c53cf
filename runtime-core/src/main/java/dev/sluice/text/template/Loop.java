package dev.sluice.text.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop} inside a {@code for}. */
final class Loop implements Value {
    private final Budget budget;
    private final List<Value> items;
    private int index;
    private @Nullable Value lastChanged;

    Loop(Budget budget, List<Value> items) {
        this.budget = budget;
        this.items = items;
    }

    void moveTo(int index) {
        this.index = index;
    }

    Value attribute(String name) {
        int count = items.size();
        return switch (name) {
            case "index" -> Value.of(index + 1);
            case "index0" -> Value.of(index);
            case "revindex" -> Value.of(count - index);
            case "revindex0" -> Value.of(count - index - 1);
            case "first" -> Value.of(index == 0);
            case "last" -> Value.of(index == count - 1);
            case "length" -> Value.of(count);
            case "depth" -> Value.of(1);
            case "depth0" -> Value.of(0);
            case "previtem" -> index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
            case "nextitem" -> index + 1 < count ? items.get(index + 1) : new Undefined("there is no next item");
            case "cycle" -> (Callable) this::cycle;
            case "changed" -> (Callable) this::changed;
            default -> Undefined.attribute(this, name);
        };
    }

    private Value cycle(Arguments arguments) {
        List<Value> values = arguments.positional();
        if (values.isEmpty()) {
            throw TemplateException.evaluation("loop.cycle needs something to cycle through");
        }
        return values.get(index % values.size());
    }

    /** Whether the arguments differ from those of the call before. */
    private Value changed(Arguments arguments) {
        Value now = Sequence.tuple(budget, arguments.positional());
        Value before = lastChanged;
        lastChanged = now;
        return Value.of(before == null || !Comparisons.equal(budget, before, now));
    }
}
