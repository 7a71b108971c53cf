package dev.sluice.text.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's slices of strings and lists. */
final class Slices {
    private Slices() {}

    static Value slice(Budget budget, Value target, @Nullable Long from, @Nullable Long to, long step) {
        if (step == 0) {
            throw TemplateException.evaluation("slice step cannot be zero");
        }
        int size = Iteration.length(budget, target);
        long first = bound(from, step > 0 ? 0 : size - 1, size, step);
        long end = bound(to, step > 0 ? size : -1, size, step);
        if (target instanceof Text text && step == 1) {
            return Strings.slice(
                    budget, text, Strings.offset(budget, text, (int) first), Strings.offset(budget, text, (int)
                            Math.max(first, end)));
        }
        List<Value> all = Iteration.items(budget, target);
        List<Value> picked = new ArrayList<>();
        for (long at = first; step > 0 ? at < end : at > end; at += step) {
            picked.add(all.get((int) at));
            // a huge step would run over
            if (Math.abs(step) > size) {
                break;
            }
        }
        if (target instanceof Text text) {
            Text joined = Strings.join(
                    budget, Text.EMPTY, picked.stream().map(c -> (Text) c).toList());
            return text.isMarkup() ? joined.asMarkup() : joined;
        }
        return Sequence.of(budget, ((Sequence) target).kind(), picked);
    }

    private static long bound(@Nullable Long given, long otherwise, int size, long step) {
        if (given == null) {
            return otherwise;
        }
        long at = given < 0 ? given + size : given;
        return step > 0 ? Math.clamp(at, 0, size) : Math.clamp(at, -1, size - 1L);
    }
}
