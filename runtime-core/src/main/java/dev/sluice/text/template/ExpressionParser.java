package dev.sluice.text.template;

import dev.sluice.text.template.Expression.CallArguments;
import dev.sluice.text.template.Expression.FilterCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Operator-precedence parser for expressions. Precedence, from loose to tight: inline {@code if}, {@code or}, {@code and},
 * {@code not}, comparisons and {@code in}, {@code + -}, {@code ~}, {@code * / // %}, {@code **}, signs, filters and tests,
 * attributes and calls. As in Jinja, {@code **} groups from the left and a sign binds tighter than it.
 */
final class ExpressionParser {
    private static final int OR = 1;
    private static final int AND = 2;
    private static final int NOT = 3;
    private static final int COMPARISON = 4;
    private static final int SUM = 5;
    private static final int JOIN = 6;
    private static final int PRODUCT = 7;
    private static final int POWER = 8;

    private final TokenCursor tokens;
    private final LiteralParser literals;
    /** Inside a branch, where an unknown filter or test is an error only when the branch is taken. */
    private boolean inBranch;

    ExpressionParser(TokenCursor tokens) {
        this.tokens = tokens;
        this.literals = new LiteralParser(tokens, this);
    }

    LiteralParser literals() {
        return literals;
    }

    boolean setInBranch(boolean inside) {
        boolean before = inBranch;
        inBranch = inside;
        return before;
    }

    Expression expression() {
        tokens.enter();
        Expression value = infix(OR);
        while (tokens.acceptName("if")) {
            boolean before = setInBranch(true);
            Expression condition = infix(OR);
            Expression otherwise = tokens.acceptName("else") ? expression() : null;
            value = new Expression.Conditional(value.line(), condition, value, otherwise);
            setInBranch(before);
        }
        tokens.leave();
        return value;
    }

    /** {@code a} or the tuple {@code a, b}; stops in front of {@code stop}. {@code conditional}: an inline {@code if} may follow. */
    Expression expressions(boolean conditional, String stop) {
        int line = tokens.line();
        List<Expression> items = new ArrayList<>();
        boolean tuple = false;
        while (!atTupleEnd(stop)) {
            items.add(conditional ? expression() : infix(OR));
            if (!tokens.acceptOperator(",")) {
                break;
            }
            tuple = true;
        }
        if (!tuple && items.isEmpty()) {
            throw tokens.expected("an expression");
        }
        return tuple ? new Expression.SequenceLiteral(line, Sequence.Kind.TUPLE, items) : items.getFirst();
    }

    boolean atTupleEnd(String stop) {
        return tokens.at(Token.Type.PRINT_END)
                || tokens.at(Token.Type.BLOCK_END)
                || tokens.atOperator(")")
                || (!stop.isEmpty() && tokens.atName(stop));
    }

    private Expression infix(int loosest) {
        tokens.enter();
        Expression left = loosest <= NOT && tokens.atName("not") ? not() : unary(true);
        while (true) {
            int precedence = precedence();
            if (precedence < loosest) {
                tokens.leave();
                return left;
            }
            left = switch (precedence) {
                case OR, AND -> {
                    boolean or = tokens.take().isName("or");
                    yield new Expression.Logical(left.line(), or, left, infix(precedence + 1));
                }
                case COMPARISON -> comparison(left);
                case JOIN -> join(left);
                default -> {
                    String operator = tokens.take().text();
                    yield new Expression.Arithmetic(left.line(), operator, left, infix(precedence + 1));
                }
            };
        }
    }

    /** Precedence of the operator at the current token, 0 when there is none. */
    private int precedence() {
        Token token = tokens.current();
        return switch (token.type()) {
            case NAME ->
                switch (token.text()) {
                    case "or" -> OR;
                    case "and" -> AND;
                    case "in" -> COMPARISON;
                    case "not" -> tokens.next().isName("in") ? COMPARISON : 0;
                    default -> 0;
                };
            case OPERATOR ->
                switch (token.text()) {
                    case "==", "!=", "<", "<=", ">", ">=" -> COMPARISON;
                    case "+", "-" -> SUM;
                    case "~" -> JOIN;
                    case "*", "/", "//", "%" -> PRODUCT;
                    case "**" -> POWER;
                    default -> 0;
                };
            default -> 0;
        };
    }

    private Expression not() {
        int line = tokens.take().line();
        return new Expression.Not(line, infix(NOT));
    }

    private Expression comparison(Expression first) {
        List<Expression.Operand> rest = new ArrayList<>();
        while (precedence() == COMPARISON) {
            boolean negated = tokens.acceptName("not");
            String operator = tokens.take().text();
            rest.add(new Expression.Operand(negated ? "not in" : operator, infix(SUM)));
        }
        return new Expression.Comparison(first.line(), first, rest);
    }

    private Expression join(Expression first) {
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.acceptOperator("~")) {
            parts.add(infix(PRODUCT));
        }
        return new Expression.Join(first.line(), parts);
    }

    private Expression unary(boolean filtered) {
        tokens.enter();
        int line = tokens.line();
        boolean sign = tokens.atOperator("-") || tokens.atOperator("+");
        Expression value =
                sign ? new Expression.Sign(line, tokens.take().isOperator("-"), unary(false)) : literals.primary();
        value = postfix(value);
        if (filtered) {
            value = filters(value);
        }
        tokens.leave();
        return value;
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        while (true) {
            if (tokens.atOperator(".")) {
                value = attribute(value);
            } else if (tokens.atOperator("[")) {
                value = subscript(value);
            } else if (tokens.atOperator("(")) {
                value = new Expression.Call(tokens.line(), value, callArguments());
            } else {
                return value;
            }
        }
    }

    private Expression attribute(Expression target) {
        int line = tokens.take().line();
        if (tokens.at(Token.Type.INTEGER)) {
            return new Expression.Item(line, target, literals.integer());
        }
        return new Expression.Attribute(
                line, target, tokens.expect(Token.Type.NAME).text());
    }

    private Expression subscript(Expression target) {
        int line = tokens.take().line();
        Expression from = tokens.atOperator(":") ? null : expression();
        Expression result;
        if (tokens.acceptOperator(":")) {
            Expression to = sliceBound();
            Expression step = tokens.acceptOperator(":") ? sliceBound() : null;
            result = new Expression.Slice(line, target, from, to, step);
        } else if (from != null) {
            result = new Expression.Item(line, target, from);
        } else {
            throw tokens.expected("an index");
        }
        tokens.expectOperator("]");
        return result;
    }

    private @Nullable Expression sliceBound() {
        return tokens.atOperator(":") || tokens.atOperator("]") ? null : expression();
    }

    CallArguments callArguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        List<Expression.NamedArgument> named = new ArrayList<>();
        while (!tokens.atOperator(")")) {
            if (tokens.atOperator("*") || tokens.atOperator("**")) {
                throw tokens.error("'*' and '**' arguments are not supported");
            }
            if (tokens.at(Token.Type.NAME) && tokens.next().isOperator("=")) {
                String name = tokens.take().text();
                tokens.expectOperator("=");
                named.add(new Expression.NamedArgument(name, expression()));
            } else if (named.isEmpty()) {
                positional.add(expression());
            } else {
                throw tokens.error("a positional argument follows a keyword argument");
            }
            if (!tokens.acceptOperator(",")) {
                break;
            }
        }
        tokens.expectOperator(")");
        return new CallArguments(positional, named);
    }

    private Expression filters(Expression start) {
        Expression value = start;
        while (true) {
            if (tokens.acceptOperator("|")) {
                value = new Expression.Filtered(value.line(), value, filterCall());
            } else if (tokens.atName("is")) {
                value = test(value);
            } else if (tokens.atOperator("(")) {
                value = new Expression.Call(tokens.line(), value, callArguments());
            } else {
                return value;
            }
        }
    }

    /** {@code name(arguments)} behind a {@code |}. */
    FilterCall filterCall() {
        Token name = tokens.expect(Token.Type.NAME);
        if (!inBranch && !Filters.isKnown(name.text())) {
            throw TemplateException.syntax(name.line(), Filters.unknown(name.text()));
        }
        return new FilterCall(name.line(), name.text(), tokens.atOperator("(") ? callArguments() : CallArguments.NONE);
    }

    private Expression test(Expression input) {
        int line = tokens.take().line();
        boolean negated = tokens.acceptName("not");
        String name = tokens.expect(Token.Type.NAME).text();
        if (!inBranch && !ValueTests.isKnown(name)) {
            throw TemplateException.syntax(line, ValueTests.unknown(name));
        }
        return new Expression.Test(line, input, negated, name, testArguments());
    }

    /** The argument of a test needs no parentheses: {@code x is divisibleby 3}. */
    private CallArguments testArguments() {
        Token token = tokens.current();
        boolean argument = switch (token.type()) {
            case NAME -> !List.of("else", "or", "and").contains(token.text());
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> List.of("[", "{").contains(token.text());
            default -> false;
        };
        if (tokens.atOperator("(")) {
            return callArguments();
        }
        if (tokens.atName("is")) {
            throw tokens.error("tests cannot be chained with 'is'");
        }
        return argument ? new CallArguments(List.of(postfix(literals.primary())), List.of()) : CallArguments.NONE;
    }
}
