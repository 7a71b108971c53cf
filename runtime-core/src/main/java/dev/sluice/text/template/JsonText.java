package dev.sluice.text.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Python's {@code json.dumps}: what chat templates mean by {@code tojson}. No HTML escaping, key order kept, spaces behind
 * {@code ,} and {@code :}.
 */
final class JsonText {
    /**
     * @param indent what one level adds behind a line break, or null for one line
     * @param itemSeparator between elements
     * @param keySeparator between a key and its value
     */
    record Layout(
            boolean asciiOnly, @Nullable String indent, String itemSeparator, String keySeparator, boolean sortsKeys) {}

    private final Budget budget;
    private final Layout layout;
    private final TextBuilder out;

    private JsonText(Budget budget, Layout layout) {
        this.budget = budget;
        this.layout = layout;
        this.out = new TextBuilder(budget);
    }

    static Text write(Budget budget, Value value, Layout layout) {
        JsonText json = new JsonText(budget, layout);
        json.value(value, 0);
        return json.out.toText();
    }

    private void value(Value value, int level) {
        switch (value) {
            case Text text -> string(text);
            case Value.Scalar scalar -> out.append(scalar(scalar));
            case Sequence sequence
            when sequence.kind() == Sequence.Kind.LIST || sequence.kind() == Sequence.Kind.TUPLE ->
                list(sequence.items(), level);
            case Dict dict -> dict(dict, level);
            default -> throw TemplateException.evaluation("tojson: a " + Value.type(value) + " has no JSON form");
        }
    }

    private static String scalar(Value.Scalar scalar) {
        return switch (scalar) {
            case Value.None none -> "null";
            case Value.Bool bool -> bool.value() ? "true" : "false";
            case Value.Real real when Double.isNaN(real.value()) -> "NaN";
            case Value.Real real when Double.isInfinite(real.value()) -> real.value() < 0 ? "-Infinity" : "Infinity";
            default -> PythonFormat.scalar(scalar);
        };
    }

    private void list(List<Value> items, int level) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append("[");
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : layout.itemSeparator);
            lineBreak(level + 1);
            value(items.get(i), level + 1);
        }
        lineBreak(level);
        out.append("]");
    }

    private void dict(Dict dict, int level) {
        if (dict.isEmpty()) {
            out.append("{}");
            return;
        }
        List<Dict.Entry> entries = new ArrayList<>(dict.entries());
        if (layout.sortsKeys) {
            entries.sort((a, b) -> Comparisons.compare(budget, a.key(), b.key()));
        }
        out.append("{");
        for (int i = 0; i < entries.size(); i++) {
            out.append(i == 0 ? "" : layout.itemSeparator);
            lineBreak(level + 1);
            key(entries.get(i).key());
            out.append(layout.keySeparator);
            value(entries.get(i).value(), level + 1);
        }
        lineBreak(level);
        out.append("}");
    }

    private void key(Value key) {
        switch (key) {
            case Text text -> string(text);
            case Value.Scalar scalar -> out.append("\"").append(scalar(scalar)).append("\"");
            default -> throw TemplateException.evaluation("tojson: a " + Value.type(key) + " cannot be a key");
        }
    }

    private void lineBreak(int level) {
        if (layout.indent != null) {
            out.append("\n");
            for (int i = 0; i < level; i++) {
                out.append(layout.indent);
            }
        }
    }

    private void string(Text text) {
        StringBuilder escaped = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.string().charAt(i);
            switch (c) {
                case '"' -> escaped.append("\\\"");
                case '\\' -> escaped.append("\\\\");
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                case '\b' -> escaped.append("\\b");
                case '\f' -> escaped.append("\\f");
                default -> {
                    if (c < 0x20 || (layout.asciiOnly && c > 0x7E)) {
                        escaped.append("\\u%04x".formatted((int) c));
                    } else {
                        escaped.append(c);
                    }
                }
            }
        }
        out.append(escaped.append('"').toString(), text.hasContent());
    }
}
