package dev.sluice.text.template;

import java.util.List;

/** A list, or what behaves like one. Build it with {@link #of}, which keeps nesting and memory within limits. */
final class Sequence implements Value {
    /** How Python calls it; lists and tuples print and compare differently, views and ranges have no elements to index. */
    enum Kind {
        LIST("list"),
        TUPLE("tuple"),
        RANGE("range"),
        KEYS("dict_keys"),
        VALUES("dict_values"),
        ITEMS("dict_items");

        final String type;

        Kind(String type) {
            this.type = type;
        }

        boolean indexed() {
            return this == LIST || this == TUPLE || this == RANGE;
        }
    }

    private final Kind kind;
    private final List<Value> items;
    private final int nesting;

    private Sequence(Kind kind, List<Value> items, int nesting) {
        this.kind = kind;
        this.items = items;
        this.nesting = nesting;
    }

    /** Takes {@code items} over; the caller no longer changes them. */
    static Sequence of(Budget budget, Kind kind, List<Value> items) {
        budget.slots(items.size());
        int nesting = 0;
        for (Value item : items) {
            nesting = Math.max(nesting, nesting(item));
        }
        return new Sequence(kind, items, checkedNesting(nesting + 1));
    }

    static Sequence list(Budget budget, List<Value> items) {
        return of(budget, Kind.LIST, items);
    }

    static Sequence tuple(Budget budget, List<Value> items) {
        return of(budget, Kind.TUPLE, items);
    }

    Kind kind() {
        return kind;
    }

    List<Value> items() {
        return items;
    }

    /** Levels of lists and dictionaries below and including {@code value}. */
    static int nesting(Value value) {
        return switch (value) {
            case Sequence sequence -> sequence.nesting;
            case Dict dict -> dict.nesting();
            default -> 0;
        };
    }

    static int checkedNesting(int nesting) {
        if (nesting > Budget.MAX_NESTING) {
            throw TemplateException.limit("lists and dictionaries nest deeper than " + Budget.MAX_NESTING + " levels");
        }
        return nesting;
    }
}
