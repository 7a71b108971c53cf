package dev.sluice.text.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Filters by name. */
final class Filters {
    /** {@code input | name(arguments)}. */
    @FunctionalInterface
    interface Filter {
        Value apply(Evaluator evaluator, Value input, Arguments arguments);
    }

    /** Jinja has them, this package does not. */
    private static final Set<String> UNSUPPORTED = Set.of(
            "attr",
            "batch",
            "filesizeformat",
            "forceescape",
            "format",
            "groupby",
            "pprint",
            "random",
            "slice",
            "striptags",
            "truncate",
            "urlencode",
            "urlize",
            "wordcount",
            "wordwrap",
            "xmlattr");

    private static final Map<String, Filter> FILTERS = all();

    private Filters() {}

    private static Map<String, Filter> all() {
        Map<String, Filter> filters = new HashMap<>();
        filters.putAll(TextFilters.FILTERS);
        filters.putAll(ValueFilters.FILTERS);
        filters.putAll(SequenceFilters.FILTERS);
        filters.putAll(SelectionFilters.FILTERS);
        return Map.copyOf(filters);
    }

    static boolean isKnown(String name) {
        return FILTERS.containsKey(name);
    }

    static String unknown(String name) {
        return UNSUPPORTED.contains(name) ? "filter '" + name + "' is not supported" : "no filter named '" + name + "'";
    }

    static Value apply(Evaluator evaluator, String name, Value input, Arguments arguments) {
        Filter filter = FILTERS.get(name);
        if (filter == null) {
            throw TemplateException.evaluation(unknown(name));
        }
        return filter.apply(evaluator, input, arguments);
    }
}
