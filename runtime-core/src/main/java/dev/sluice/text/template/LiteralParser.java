package dev.sluice.text.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Parses what has no operator outside of brackets: names, constants, lists, dictionaries, parentheses. */
final class LiteralParser {
    private static final int MAX_DIGITS = 400;

    private final TokenCursor tokens;
    private final ExpressionParser expressions;
    /** Names read since the last {@link #collectNames}; a macro learns from them whether it takes extra arguments. */
    private Set<String> names = new HashSet<>();

    LiteralParser(TokenCursor tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** Starts a new collection of names and returns the one before. */
    Set<String> collectNames(Set<String> collection) {
        Set<String> before = names;
        names = collection;
        return before;
    }

    Expression primary() {
        Token token = tokens.current();
        return switch (token.type()) {
            case NAME -> name(tokens.take());
            case STRING -> strings();
            case INTEGER -> integer();
            case FLOAT ->
                literal(new Value.Real(Double.parseDouble(tokens.take().text())));
            case OPERATOR ->
                switch (token.text()) {
                    case "(" -> parenthesised();
                    case "[" -> list();
                    case "{" -> dict();
                    default -> throw tokens.expected("an expression");
                };
            default -> throw tokens.expected("an expression");
        };
    }

    private Expression literal(Value value) {
        return new Expression.Literal(tokens.line(), value);
    }

    private Expression name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> literal(Value.of(true));
            case "false", "False" -> literal(Value.of(false));
            case "none", "None" -> literal(Value.None.NONE);
            default -> {
                names.add(token.text());
                yield new Expression.Name(token.line(), token.text());
            }
        };
    }

    private Expression strings() {
        int line = tokens.line();
        StringBuilder text = new StringBuilder();
        while (tokens.at(Token.Type.STRING)) {
            text.append(tokens.take().text());
        }
        return new Expression.Literal(line, Text.trusted(text.toString()));
    }

    Expression integer() {
        String digits = tokens.expect(Token.Type.INTEGER).text();
        int radix = digits.length() > 1 ? Token.radix(digits.charAt(1)) : 10;
        if (digits.length() > MAX_DIGITS) {
            throw tokens.error("an integer has at most " + MAX_DIGITS + " digits");
        }
        return literal(Value.of(new BigInteger(radix == 10 ? digits : digits.substring(2), radix)));
    }

    private Expression parenthesised() {
        int line = tokens.take().line();
        boolean empty = tokens.atOperator(")");
        Expression value = empty
                ? new Expression.SequenceLiteral(line, Sequence.Kind.TUPLE, List.of())
                : expressions.expressions(true, "");
        tokens.expectOperator(")");
        return value;
    }

    private Expression list() {
        int line = tokens.take().line();
        List<Expression> items = new ArrayList<>();
        while (!tokens.atOperator("]")) {
            items.add(expressions.expression());
            if (!tokens.acceptOperator(",")) {
                break;
            }
        }
        tokens.expectOperator("]");
        return new Expression.SequenceLiteral(line, Sequence.Kind.LIST, items);
    }

    private Expression dict() {
        int line = tokens.take().line();
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.atOperator("}")) {
            keys.add(expressions.expression());
            tokens.expectOperator(":");
            values.add(expressions.expression());
            if (!tokens.acceptOperator(",")) {
                break;
            }
        }
        tokens.expectOperator("}");
        return new Expression.DictLiteral(line, keys, values);
    }

    /** What is assigned to: names separated by commas, in front of {@code stop}. */
    Statement.Target target(String stop) {
        int line = tokens.line();
        List<Expression> parts = new ArrayList<>();
        boolean tuple = false;
        while (!expressions.atTupleEnd(stop)) {
            parts.add(primary());
            if (!tokens.acceptOperator(",")) {
                break;
            }
            tuple = true;
        }
        if (parts.isEmpty()) {
            throw tokens.expected("a name to assign to");
        }
        return target(tuple ? new Expression.SequenceLiteral(line, Sequence.Kind.TUPLE, parts) : parts.getFirst());
    }

    private Statement.Target target(Expression expression) {
        return switch (expression) {
            case Expression.Name name -> new Statement.Target.Variable(name.name());
            case Expression.SequenceLiteral tuple
            when tuple.kind() == Sequence.Kind.TUPLE ->
                new Statement.Target.Several(
                        tuple.items().stream().map(this::target).toList());
            default -> throw TemplateException.syntax(expression.line(), "only names can be assigned to");
        };
    }
}
