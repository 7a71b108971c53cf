package dev.sluice.text.template;

import java.util.List;

/**
 * What {@code map}, {@code select} and their like return: elements to be read once. Python ends a second reading at once,
 * silently; here that is an error.
 */
final class Generator implements Value {
    private final List<Value> items;
    private boolean read;

    Generator(List<Value> items) {
        this.items = items;
    }

    List<Value> take() {
        if (read) {
            throw TemplateException.evaluation(
                    "the result of a filter such as map or select was read twice; add '| list' where it is made");
        }
        read = true;
        return items;
    }
}
