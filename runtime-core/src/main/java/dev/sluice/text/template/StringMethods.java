package dev.sluice.text.template;

import dev.sluice.text.template.Arguments.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/** Methods of strings. */
final class StringMethods {
    static final Set<String> NAMES = Set.of(
            "capitalize",
            "center",
            "count",
            "endswith",
            "find",
            "index",
            "isalnum",
            "isalpha",
            "isdigit",
            "islower",
            "isspace",
            "isupper",
            "join",
            "ljust",
            "lower",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rfind",
            "rindex",
            "rjust",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "swapcase",
            "title",
            "upper",
            "zfill");
    /** Python has them, this package does not. */
    static final Set<String> UNSUPPORTED = Set.of(
            "casefold",
            "encode",
            "expandtabs",
            "format",
            "format_map",
            "isascii",
            "isdecimal",
            "isidentifier",
            "isnumeric",
            "isprintable",
            "istitle",
            "maketrans",
            "translate");

    private final Budget budget;
    private final Text self;
    private final String method;

    private StringMethods(Budget budget, Text self, String method) {
        this.budget = budget;
        this.self = self;
        this.method = method;
    }

    static Value call(Budget budget, Text self, String method, Arguments arguments) {
        return new StringMethods(budget, self, method).call(arguments);
    }

    private Value call(Arguments arguments) {
        return switch (method) {
            case "lower", "upper", "title", "capitalize", "swapcase" -> changeCase(arguments);
            case "strip", "lstrip", "rstrip" -> strip(arguments);
            case "split", "rsplit" -> split(arguments);
            case "startswith", "endswith" -> startsOrEnds(arguments);
            case "find", "rfind", "index", "rindex", "count" -> find(arguments);
            case "replace" -> replace(arguments);
            case "join" -> join(arguments);
            case "partition", "rpartition" -> partition(arguments);
            case "removeprefix", "removesuffix" -> remove(arguments);
            case "ljust", "rjust", "center" -> justify(arguments);
            case "zfill" -> fillZeros(arguments);
            case "splitlines" -> {
                boolean keepEnds = bind(arguments, 0, "keepends").flag(0, false);
                yield Sequence.list(budget, Strings.lines(budget, self, keepEnds));
            }
            default -> {
                bind(arguments, 0);
                yield Value.of(StringTests.test(budget, self.string(), method));
            }
        };
    }

    private Bound bind(Arguments arguments, int required, String... names) {
        return arguments.bind("str." + method, required, names);
    }

    private Value changeCase(Arguments arguments) {
        bind(arguments, 0);
        String text = self.string();
        String changed = switch (method) {
            case "lower" -> Strings.lower(text);
            case "upper" -> Strings.upper(text);
            case "title" -> Strings.title(text);
            case "capitalize" -> Strings.capitalize(text);
            default -> Strings.swapCase(text);
        };
        return Strings.derive(budget, self, changed);
    }

    private Value strip(Arguments arguments) {
        Bound bound = bind(arguments, 0, "");
        return stripped(budget, self, bound, 0, !method.equals("rstrip"), !method.equals("lstrip"));
    }

    /** Strips the characters of argument {@code index}, white space when it is not given or none. */
    static Text stripped(Budget budget, Text text, Bound bound, int index, boolean left, boolean right) {
        boolean spaces = bound.get(index, Value.None.NONE) == Value.None.NONE;
        IntPredicate set = spaces
                ? PyChars::isSpace
                : Strings.anyOf(budget, bound.text(index).string());
        return Strings.strip(budget, text, set, left, right);
    }

    private Value split(Arguments arguments) {
        Bound bound = bind(arguments, 0, "sep", "maxsplit");
        long limit = bound.integer(1, -1);
        boolean fromEnd = method.equals("rsplit");
        if (bound.get(0, Value.None.NONE) == Value.None.NONE) {
            if (fromEnd && limit >= 0) {
                throw TemplateException.evaluation("str.rsplit with maxsplit needs a separator here");
            }
            return Sequence.list(budget, Strings.splitSpaces(budget, self, limit));
        }
        String separator = separator(bound);
        return Sequence.list(
                budget,
                fromEnd
                        ? Strings.splitFromEnd(budget, self, separator, limit)
                        : Strings.split(budget, self, separator, limit));
    }

    private String separator(Bound bound) {
        if (bound.text(0).isEmpty()) {
            throw TemplateException.evaluation("str." + method + ": empty separator");
        }
        return bound.text(0).string();
    }

    private Value startsOrEnds(Arguments arguments) {
        Bound bound = bind(arguments, 1, "", "", "");
        Window window = window(bound);
        boolean tuple = bound.get(0) instanceof Sequence sequence && sequence.kind() == Sequence.Kind.TUPLE;
        List<Value> candidates = tuple ? ((Sequence) bound.get(0)).items() : List.of(bound.text(0));
        for (Value candidate : candidates) {
            if (!(candidate instanceof Text part)) {
                throw TemplateException.evaluation("str." + method + " needs strings, found " + Value.type(candidate));
            }
            budget.work(1 + part.length());
            int at = method.equals("startswith") ? window.from : window.to - part.length();
            boolean fits = window.from + part.length() <= window.to;
            if (fits && self.string().startsWith(part.string(), at)) {
                return Value.of(true);
            }
        }
        return Value.of(false);
    }

    /** UTF-16 offsets of the part of the string that optional arguments 2 and 3, in code points, select. */
    private record Window(int from, int to) {}

    private Window window(Bound bound) {
        if (!bound.has(1) && !bound.has(2)) {
            return new Window(0, self.length());
        }
        int length = Strings.codePoints(budget, self);
        long from = bound.get(1, Value.None.NONE) == Value.None.NONE ? 0 : bound.integer(1);
        long to = bound.get(2, Value.None.NONE) == Value.None.NONE ? length : bound.integer(2);
        int end = Math.clamp(to < 0 ? to + length : to, 0, length);
        long start = Math.max(0, from < 0 ? from + length : from);
        if (start > length) {
            // Python finds not even the empty string behind the end
            return new Window(self.length() + 1, self.length());
        }
        return new Window(Strings.offset(budget, self, (int) start), Strings.offset(budget, self, end));
    }

    private Value find(Arguments arguments) {
        Bound bound = bind(arguments, 1, "", "", "");
        Window window = window(bound);
        String part = bound.text(0).string();
        if (window.from > window.to) {
            return found(-1);
        }
        Text inside = Strings.slice(budget, self, window.from, window.to);
        if (method.equals("count")) {
            return Value.of(count(inside, part));
        }
        int at = method.startsWith("r")
                ? Strings.lastIndexOf(budget, inside, part, inside.length())
                : Strings.indexOf(budget, inside, part, 0);
        return found(at < 0 ? -1 : self.string().codePointCount(0, window.from + at));
    }

    private Value found(int index) {
        if (method.equals("count")) {
            return Value.of(0);
        }
        if (index < 0 && method.endsWith("index")) {
            throw TemplateException.evaluation("str." + method + ": substring not found");
        }
        return Value.of(index);
    }

    private long count(Text text, String part) {
        if (part.isEmpty()) {
            return Strings.codePoints(budget, text) + 1L;
        }
        budget.work(Strings.searchCost(text, part));
        long count = 0;
        for (int at = text.string().indexOf(part); at >= 0; at = text.string().indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    private Value replace(Arguments arguments) {
        Bound bound = bind(arguments, 2, "", "", "");
        return Strings.replace(budget, self, bound.text(0).string(), bound.text(1), bound.integer(2, -1));
    }

    private Value join(Arguments arguments) {
        List<Text> parts = new ArrayList<>();
        for (Value part : Iteration.items(budget, bind(arguments, 1, "").get(0))) {
            if (!(part instanceof Text text)) {
                throw TemplateException.evaluation("str.join needs strings, found " + Value.type(part));
            }
            parts.add(text);
        }
        return Strings.join(budget, self, parts);
    }

    private Value partition(Arguments arguments) {
        String separator = separator(bind(arguments, 1, ""));
        boolean last = method.equals("rpartition");
        int at = last
                ? Strings.lastIndexOf(budget, self, separator, self.length())
                : Strings.indexOf(budget, self, separator, 0);
        if (at < 0) {
            List<Value> whole = List.of(self, Text.EMPTY, Text.EMPTY);
            return Sequence.tuple(budget, last ? whole.reversed() : whole);
        }
        int behind = at + separator.length();
        return Sequence.tuple(
                budget,
                List.of(
                        Strings.slice(budget, self, 0, at),
                        Strings.slice(budget, self, at, behind),
                        Strings.slice(budget, self, behind, self.length())));
    }

    private Value remove(Arguments arguments) {
        String part = bind(arguments, 1, "").text(0).string();
        int end = self.length();
        if (method.equals("removeprefix")) {
            return self.string().startsWith(part) ? Strings.slice(budget, self, part.length(), end) : self;
        }
        return self.string().endsWith(part) ? Strings.slice(budget, self, 0, end - part.length()) : self;
    }

    private Value justify(Arguments arguments) {
        Bound bound = bind(arguments, 1, "", "");
        Text fill = bound.has(1) ? bound.text(1) : Text.trusted(" ");
        if (Strings.codePoints(budget, fill) != 1) {
            throw TemplateException.evaluation("str." + method + ": the fill must be exactly one character");
        }
        long width = bound.integer(0);
        long missing = Math.max(0, width - Strings.codePoints(budget, self));
        long left = switch (method) {
            case "ljust" -> 0;
            case "rjust" -> missing;
            // CPython puts the odd space on the left when the width is odd
            default -> missing / 2 + (missing & width & 1);
        };
        return new TextBuilder(budget)
                .append(Strings.repeat(budget, fill, left))
                .append(self)
                .append(Strings.repeat(budget, fill, missing - left))
                .toText();
    }

    private Value fillZeros(Arguments arguments) {
        long missing = bind(arguments, 1, "").integer(0) - Strings.codePoints(budget, self);
        boolean signed = self.string().startsWith("-") || self.string().startsWith("+");
        return new TextBuilder(budget)
                .append(self, 0, signed ? 1 : 0)
                .append(Strings.repeat(budget, Text.trusted("0"), missing))
                .append(self, signed ? 1 : 0, self.length())
                .toText();
    }
}
