package dev.sluice.text.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression of a template. {@code line} is where it begins, from 1. */
sealed interface Expression {
    int line();

    record Literal(int line, Value value) implements Expression {}

    record Name(int line, String name) implements Expression {}

    record SequenceLiteral(int line, Sequence.Kind kind, List<Expression> items) implements Expression {}

    record DictLiteral(int line, List<Expression> keys, List<Expression> values) implements Expression {}

    record Not(int line, Expression operand) implements Expression {}

    record Sign(int line, boolean negative, Expression operand) implements Expression {}

    record Arithmetic(int line, String operator, Expression left, Expression right) implements Expression {}

    /** {@code a ~ b ~ c}. */
    record Join(int line, List<Expression> parts) implements Expression {}

    /** {@code and} when {@code stopsAt} is false, {@code or} when it is true. */
    record Logical(int line, boolean stopsAt, Expression left, Expression right) implements Expression {}

    /** {@code a < b <= c}: each operand is evaluated once. */
    record Comparison(int line, Expression first, List<Operand> rest) implements Expression {}

    record Operand(String operator, Expression value) {}

    record Conditional(
            int line,
            Expression condition,
            Expression value,
            @Nullable Expression otherwise) implements Expression {}

    record Attribute(int line, Expression target, String name) implements Expression {}

    record Item(int line, Expression target, Expression index) implements Expression {}

    record Slice(
            int line,
            Expression target,
            @Nullable Expression from,
            @Nullable Expression to,
            @Nullable Expression step) implements Expression {}

    record Call(int line, Expression callee, CallArguments arguments) implements Expression {}

    record Filtered(int line, Expression input, FilterCall filter) implements Expression {}

    record Test(int line, Expression input, boolean negated, String name, CallArguments arguments)
            implements Expression {}

    record CallArguments(List<Expression> positional, List<NamedArgument> named) {
        static final CallArguments NONE = new CallArguments(List.of(), List.of());
    }

    record NamedArgument(String name, Expression value) {}

    /** {@code | name(arguments)}, wherever its input comes from. */
    record FilterCall(int line, String name, CallArguments arguments) {}
}
