package dev.sluice.text.template;

import java.util.Map;

/** Tests by name: {@code value is name(arguments)}. */
final class ValueTests {
    @FunctionalInterface
    private interface Check {
        boolean holds(Evaluator evaluator, Value value, Arguments arguments);
    }

    @FunctionalInterface
    private interface Shape {
        boolean holds(Value value);
    }

    private static final Map<String, Check> TESTS = Map.ofEntries(
            shape("defined", value -> !(value instanceof Undefined)),
            shape("undefined", value -> value instanceof Undefined),
            shape("none", value -> value == Value.None.NONE),
            shape("boolean", value -> value instanceof Value.Bool),
            shape("true", value -> value instanceof Value.Bool bool && bool.value()),
            shape("false", value -> value instanceof Value.Bool bool && !bool.value()),
            shape("integer", value -> value instanceof Value.Int || value instanceof Value.BigInt),
            shape("float", value -> value instanceof Value.Real),
            shape("number", Comparisons::isNumber),
            shape("string", value -> value instanceof Text),
            shape("mapping", value -> value instanceof Dict),
            shape("iterable", Iteration::isIterable),
            shape("sequence", ValueTests::isSequence),
            shape("callable", value -> value instanceof Callable),
            shape("escaped", value -> value instanceof Text text && text.isMarkup()),
            Map.entry("odd", (evaluator, value, arguments) -> remainder(arguments, "odd", value, 2) != 0),
            Map.entry("even", (evaluator, value, arguments) -> remainder(arguments, "even", value, 2) == 0),
            Map.entry("divisibleby", ValueTests::isDivisible),
            Map.entry(
                    "lower",
                    (evaluator, value, arguments) -> StringTests.isLower(printed(evaluator, value, arguments))),
            Map.entry(
                    "upper",
                    (evaluator, value, arguments) -> StringTests.isUpper(printed(evaluator, value, arguments))),
            Map.entry("sameas", ValueTests::isSame),
            Map.entry("filter", (evaluator, value, arguments) -> Filters.isKnown(printed(evaluator, value, arguments))),
            Map.entry("test", (evaluator, value, arguments) -> isKnown(printed(evaluator, value, arguments))),
            comparison("eq", "=="),
            comparison("equalto", "=="),
            comparison("==", "=="),
            comparison("ne", "!="),
            comparison("!=", "!="),
            comparison("lt", "<"),
            comparison("lessthan", "<"),
            comparison("<", "<"),
            comparison("le", "<="),
            comparison("<=", "<="),
            comparison("gt", ">"),
            comparison("greaterthan", ">"),
            comparison(">", ">"),
            comparison("ge", ">="),
            comparison(">=", ">="),
            comparison("in", "in"));

    private ValueTests() {}

    private static Map.Entry<String, Check> shape(String name, Shape shape) {
        return Map.entry(name, (evaluator, value, arguments) -> {
            arguments.bind(name, 0);
            return shape.holds(value);
        });
    }

    private static Map.Entry<String, Check> comparison(String name, String operator) {
        return Map.entry(
                name,
                (evaluator, value, arguments) -> Comparisons.holds(
                        evaluator.budget(),
                        operator,
                        value,
                        arguments.bind(name, 1, "").get(0)));
    }

    static boolean isKnown(String name) {
        return TESTS.containsKey(name);
    }

    static String unknown(String name) {
        return "no test named '" + name + "'";
    }

    static boolean test(Evaluator evaluator, String name, Value value, Arguments arguments) {
        Check check = TESTS.get(name);
        if (check == null) {
            throw TemplateException.evaluation(unknown(name));
        }
        return check.holds(evaluator, value, arguments);
    }

    /** Python: it has a length and elements by index or key. Views and generators have not. */
    private static boolean isSequence(Value value) {
        return value instanceof Text
                || value instanceof Dict
                || value instanceof Undefined
                || (value instanceof Sequence sequence && sequence.kind().indexed());
    }

    private static double remainder(Arguments arguments, String name, Value value, long divisor) {
        arguments.bind(name, 0);
        return Numbers.real(Operators.remainder(value, Value.of(divisor)));
    }

    private static boolean isDivisible(Evaluator evaluator, Value value, Arguments arguments) {
        Value divisor = arguments.bind("divisibleby", 1, "num").get(0);
        return Numbers.real(Operators.remainder(value, divisor)) == 0;
    }

    private static String printed(Evaluator evaluator, Value value, Arguments arguments) {
        arguments.bind("a test of text", 0);
        return PythonFormat.str(evaluator.budget(), value).string();
    }

    /** Python's {@code is}. Which equal strings and numbers are one object there is an accident, hence refused. */
    private static boolean isSame(Evaluator evaluator, Value value, Arguments arguments) {
        Value other = arguments.bind("sameas", 1, "other").get(0);
        if (value instanceof Value.Bool a && other instanceof Value.Bool b) {
            return a.value() == b.value();
        }
        boolean unclear = value.getClass() == other.getClass()
                && (value instanceof Text || Comparisons.isNumber(value))
                && Comparisons.equal(evaluator.budget(), value, other);
        if (unclear) {
            throw TemplateException.evaluation("sameas is not defined for equal strings or numbers; use ==");
        }
        // the other types have no equals of their own
        return value.equals(other);
    }
}
