package dev.sluice.text.template;

import dev.sluice.text.template.Arguments.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Filters from text to text. Anything else is printed to a string first, as in Jinja. */
final class TextFilters {
    static final Map<String, Filters.Filter> FILTERS = Map.ofEntries(
            Map.entry("trim", TextFilters::trim),
            Map.entry("upper", changed("upper", Strings::upper)),
            Map.entry("lower", changed("lower", Strings::lower)),
            Map.entry("capitalize", changed("capitalize", Strings::capitalize)),
            Map.entry("title", changed("title", TextFilters::title)),
            Map.entry("replace", TextFilters::replace),
            Map.entry("indent", TextFilters::indent),
            Map.entry("center", TextFilters::center),
            Map.entry("escape", TextFilters::escape),
            Map.entry("e", TextFilters::escape),
            Map.entry("safe", TextFilters::safe),
            Map.entry("string", TextFilters::string));

    private TextFilters() {}

    private static Text text(Evaluator evaluator, Value value) {
        return PythonFormat.str(evaluator.budget(), value);
    }

    private static Filters.Filter changed(String name, UnaryOperator<String> change) {
        return (evaluator, input, arguments) -> {
            arguments.bind(name, 0);
            Text text = text(evaluator, input);
            return Strings.derive(evaluator.budget(), text, change.apply(text.string()));
        };
    }

    private static Value trim(Evaluator evaluator, Value input, Arguments arguments) {
        Bound bound = arguments.bind("trim", 0, "chars");
        return StringMethods.stripped(evaluator.budget(), text(evaluator, input), bound, 0, true, true);
    }

    /** Unlike {@code str.title}, words begin behind white space, hyphens and opening brackets only, with upper case. */
    private static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        while (from < text.length()) {
            boolean separator = beginsWord(text.charAt(from));
            int to = from;
            while (to < text.length() && beginsWord(text.charAt(to)) == separator) {
                to++;
            }
            int first = separator ? to : from + Character.charCount(text.codePointAt(from));
            out.append(Strings.upper(text.substring(from, first))).append(Strings.lower(text.substring(first, to)));
            from = to;
        }
        return out.toString();
    }

    private static boolean beginsWord(char c) {
        return PyChars.isSpace(c) || "-({[<".indexOf(c) >= 0;
    }

    private static Value replace(Evaluator evaluator, Value input, Arguments arguments) {
        Bound bound = arguments.bind("replace", 2, "old", "new", "count");
        long limit = bound.get(2, Value.None.NONE) == Value.None.NONE ? -1 : bound.integer(2);
        Text old = text(evaluator, bound.get(0));
        Text replacement = text(evaluator, bound.get(1)).asPlain();
        return Strings.replace(evaluator.budget(), text(evaluator, input).asPlain(), old.string(), replacement, limit);
    }

    private static Value indent(Evaluator evaluator, Value input, Arguments arguments) {
        Budget budget = evaluator.budget();
        Bound bound = arguments.bind("indent", 0, "width", "first", "blank");
        Text width = bound.get(0, Value.None.NONE) instanceof Text given
                ? given
                : Strings.repeat(budget, Text.trusted(" "), bound.integer(0, 4));
        boolean blank = bound.flag(2, false);
        // the added line break makes a trailing one count as an empty last line
        Text source = Strings.concat(budget, text(evaluator, input).asPlain(), Text.trusted("\n"));
        List<Value> lines = Strings.lines(budget, source, false);
        List<Text> out = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Text line = (Text) lines.get(i);
            boolean indented = i == 0 ? bound.flag(1, false) : blank || !line.isEmpty();
            out.add(indented ? Strings.concat(budget, width.asPlain(), line) : line);
        }
        return Strings.join(budget, Text.trusted("\n"), out);
    }

    private static Value center(Evaluator evaluator, Value input, Arguments arguments) {
        Value width = arguments.bind("center", 0, "width").get(0, Value.of(80));
        return StringMethods.call(evaluator.budget(), text(evaluator, input), "center", Arguments.of(List.of(width)));
    }

    private static Value escape(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("escape", 0);
        return Strings.escape(evaluator.budget(), text(evaluator, input));
    }

    private static Value safe(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("safe", 0);
        return text(evaluator, input).asMarkup();
    }

    private static Value string(Evaluator evaluator, Value input, Arguments arguments) {
        arguments.bind("string", 0);
        return text(evaluator, input);
    }
}
