package dev.sluice.text.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dictionary in insertion order. Filled while it is built, then never changed. */
final class Dict implements Value {
    /** A key as it was written first, and the value set last. */
    record Entry(Value key, Value value) {}

    private final Map<Object, Entry> entries = new LinkedHashMap<>();
    private int nesting = 1;

    void put(Budget budget, Value key, Value value) {
        budget.slots(1);
        nesting = Math.max(nesting, Sequence.checkedNesting(1 + Sequence.nesting(value)));
        Object hash = hashable(key);
        Entry before = entries.get(hash);
        entries.put(hash, new Entry(before == null ? key : before.key(), value));
    }

    @Nullable
    Value get(Value key) {
        Entry entry = entries.get(hashable(key));
        return entry == null ? null : entry.value();
    }

    @Nullable
    Value get(String key) {
        Entry entry = entries.get(key);
        return entry == null ? null : entry.value();
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    Collection<Entry> entries() {
        return entries.values();
    }

    List<Value> keys() {
        List<Value> keys = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> keys.add(entry.key()));
        return keys;
    }

    /** Pairs {@code (key, value)}. */
    List<Value> items(Budget budget) {
        List<Value> items = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> items.add(Sequence.tuple(budget, List.of(entry.key(), entry.value()))));
        return items;
    }

    int nesting() {
        return nesting;
    }

    /** Whether {@code key} may be a key here; Python calls the others unhashable. */
    static boolean isHashable(Value key) {
        return key instanceof Scalar
                || key instanceof Text
                || (key instanceof Sequence tuple
                        && tuple.kind() == Sequence.Kind.TUPLE
                        && tuple.items().stream().allMatch(item -> item instanceof Scalar || item instanceof Text));
    }

    /** Keys that Python finds equal become equal Java objects: {@code 1 == 1.0 == True}. */
    private static Object hashable(Value key) {
        return switch (key) {
            case Text text -> text.string();
            case None none -> none;
            case Bool bool -> bool.value() ? 1L : 0L;
            case Int number -> number.value();
            case BigInt number -> number.value();
            case Real number -> {
                double value = number.value();
                // 2^63 itself rounds to a long that is not equal to it
                boolean whole = value == Math.rint(value) && Math.abs(value) < 0x1p63;
                yield whole ? (Object) (long) value : (Object) value;
            }
            case Sequence sequence
            when isHashable(sequence) ->
                sequence.items().stream().map(Dict::hashable).toList();
            default -> throw TemplateException.evaluation("a " + Value.type(key) + " cannot be a dictionary key");
        };
    }
}
