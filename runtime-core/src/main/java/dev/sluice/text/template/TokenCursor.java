package dev.sluice.text.template;

import java.util.List;

/** Reads tokens one by one and says what was expected. */
final class TokenCursor {
    /** Nesting of statements, parentheses and signs: released templates reach 20. */
    static final int MAX_DEPTH = 200;

    private final List<Token> tokens;
    private int position;
    private int depth;

    TokenCursor(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(position);
    }

    Token next() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    int line() {
        return current().line();
    }

    /** The current token; moves behind it, except at the end of the template. */
    Token take() {
        Token token = current();
        position = Math.min(position + 1, tokens.size() - 1);
        return token;
    }

    boolean at(Token.Type type) {
        return current().type() == type;
    }

    boolean atOperator(String operator) {
        return current().isOperator(operator);
    }

    boolean atName(String name) {
        return current().isName(name);
    }

    boolean acceptOperator(String operator) {
        boolean found = atOperator(operator);
        if (found) {
            take();
        }
        return found;
    }

    boolean acceptName(String name) {
        boolean found = atName(name);
        if (found) {
            take();
        }
        return found;
    }

    Token expect(Token.Type type) {
        if (!at(type)) {
            throw expected(type.description);
        }
        return take();
    }

    void expectOperator(String operator) {
        if (!acceptOperator(operator)) {
            throw expected("'" + operator + "'");
        }
    }

    TemplateException expected(String what) {
        return error("expected " + what + ", found " + current().shown());
    }

    TemplateException error(String message) {
        return TemplateException.syntax(line(), message);
    }

    /** Begins something nested; ends with {@link #leave}. Keeps a template of 100,000 parentheses off the stack. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw error("the template nests deeper than " + MAX_DEPTH + " levels");
        }
    }

    void leave() {
        depth--;
    }
}
