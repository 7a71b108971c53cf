package dev.sluice.text.template;

import dev.sluice.text.template.Expression.CallArguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions. */
final class Evaluator {
    private final Budget budget;
    private final Globals globals;

    Evaluator(Budget budget, Globals globals) {
        this.budget = budget;
        this.globals = globals;
    }

    Budget budget() {
        return budget;
    }

    Value evaluate(Expression expression, Scope scope) {
        budget.enter(expression.line());
        Value value = switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name name -> name(name.name(), scope);
            case Expression.SequenceLiteral list -> Sequence.of(budget, list.kind(), all(list.items(), scope));
            case Expression.DictLiteral dict -> dict(dict, scope);
            case Expression.Not not -> Value.of(!truth(not.operand(), scope));
            case Expression.Sign sign -> sign(sign, scope);
            case Expression.Arithmetic arithmetic -> arithmetic(arithmetic, scope);
            case Expression.Join join -> join(join, scope);
            case Expression.Logical logical -> logical(logical, scope);
            case Expression.Comparison comparison -> comparison(comparison, scope);
            case Expression.Conditional conditional -> conditional(conditional, scope);
            case Expression.Attribute attribute ->
                Members.attribute(budget, evaluate(attribute.target(), scope), attribute.name());
            case Expression.Item item -> item(item, scope);
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Call call -> call(call, scope);
            case Expression.Filtered filtered -> filter(filtered.filter(), evaluate(filtered.input(), scope), scope);
            case Expression.Test test -> test(test, scope);
        };
        budget.leave();
        return value;
    }

    boolean truth(Expression expression, Scope scope) {
        return Value.truth(evaluate(expression, scope));
    }

    private Value name(String name, Scope scope) {
        Value value = scope.find(name);
        if (value == null) {
            value = globals.find(name);
        }
        return value == null ? Undefined.name(name) : value;
    }

    private List<Value> all(List<Expression> expressions, Scope scope) {
        List<Value> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Value dict(Expression.DictLiteral literal, Scope scope) {
        Dict dict = new Dict();
        for (int i = 0; i < literal.keys().size(); i++) {
            Value key = evaluate(literal.keys().get(i), scope);
            dict.put(budget, key, evaluate(literal.values().get(i), scope));
        }
        return dict;
    }

    private Value sign(Expression.Sign sign, Scope scope) {
        Value operand = evaluate(sign.operand(), scope);
        return sign.negative() ? Numbers.negate(operand) : Numbers.number(operand);
    }

    private Value arithmetic(Expression.Arithmetic arithmetic, Scope scope) {
        Value left = evaluate(arithmetic.left(), scope);
        return Operators.arithmetic(budget, arithmetic.operator(), left, evaluate(arithmetic.right(), scope));
    }

    private Value join(Expression.Join join, Scope scope) {
        TextBuilder out = new TextBuilder(budget);
        for (Expression part : join.parts()) {
            out.append(PythonFormat.str(budget, evaluate(part, scope)));
        }
        return out.toText();
    }

    private Value logical(Expression.Logical logical, Scope scope) {
        Value left = evaluate(logical.left(), scope);
        return Value.truth(left) == logical.stopsAt() ? left : evaluate(logical.right(), scope);
    }

    private Value comparison(Expression.Comparison comparison, Scope scope) {
        Value left = evaluate(comparison.first(), scope);
        for (Expression.Operand operand : comparison.rest()) {
            Value right = evaluate(operand.value(), scope);
            if (!Comparisons.holds(budget, operand.operator(), left, right)) {
                return Value.of(false);
            }
            left = right;
        }
        return Value.of(true);
    }

    private Value conditional(Expression.Conditional conditional, Scope scope) {
        if (truth(conditional.condition(), scope)) {
            return evaluate(conditional.value(), scope);
        }
        Expression otherwise = conditional.otherwise();
        return otherwise == null
                ? new Undefined("the inline if-expression evaluated to false and has no else")
                : evaluate(otherwise, scope);
    }

    private Value item(Expression.Item item, Scope scope) {
        Value target = evaluate(item.target(), scope);
        return Members.item(budget, target, evaluate(item.index(), scope));
    }

    private Value slice(Expression.Slice slice, Scope scope) {
        Value target = evaluate(slice.target(), scope);
        return Members.slice(
                budget, target, bound(slice.from(), scope), bound(slice.to(), scope), bound(slice.step(), scope));
    }

    private @Nullable Long bound(@Nullable Expression expression, Scope scope) {
        return switch (expression == null ? Value.None.NONE : evaluate(expression, scope)) {
            case Value.None none -> null;
            case Value.Int number -> number.value();
            case Value.Bool bool -> bool.value() ? 1L : 0L;
            case Undefined undefined -> throw undefined.failure();
            default -> throw TemplateException.evaluation("slice bounds must be integers");
        };
    }

    Value call(Expression.Call call, Scope scope) {
        Value callee = evaluate(call.callee(), scope);
        return call(callee, arguments(call.arguments(), scope));
    }

    Value call(Value callee, Arguments arguments) {
        return switch (callee) {
            case Callable callable -> callable.call(arguments);
            case Undefined undefined -> throw undefined.failure();
            default -> throw TemplateException.evaluation(Value.described(callee) + " is not callable");
        };
    }

    Arguments arguments(CallArguments arguments, Scope scope) {
        if (arguments.positional().isEmpty() && arguments.named().isEmpty()) {
            return Arguments.NONE;
        }
        List<Value> positional = all(arguments.positional(), scope);
        Map<String, Value> named = new LinkedHashMap<>();
        for (Expression.NamedArgument argument : arguments.named()) {
            if (named.put(argument.name(), evaluate(argument.value(), scope)) != null) {
                throw TemplateException.evaluation("keyword argument '" + argument.name() + "' is given twice");
            }
        }
        return new Arguments(positional, named);
    }

    Value filter(Expression.FilterCall filter, Value input, Scope scope) {
        return Filters.apply(this, filter.name(), input, arguments(filter.arguments(), scope));
    }

    private Value test(Expression.Test test, Scope scope) {
        Value input = evaluate(test.input(), scope);
        Arguments arguments = arguments(test.arguments(), scope);
        return Value.of(ValueTests.test(this, test.name(), input, arguments) != test.negated());
    }
}
