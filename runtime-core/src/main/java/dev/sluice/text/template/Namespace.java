package dev.sluice.text.template;

import java.util.HashMap;
import java.util.Map;

/** The one value a template can change: {@code {% set ns.field = ... %}}. */
final class Namespace implements Value {
    private final Map<String, Value> fields = new HashMap<>();

    void set(String name, Value value) {
        if (name.startsWith("_")) {
            throw TemplateException.evaluation("namespace attribute '" + name + "': names may not begin with '_'");
        }
        fields.put(name, value);
    }

    Value get(String name) {
        Value value = fields.get(name);
        return value == null ? Undefined.attribute(this, name) : value;
    }
}
