package dev.sluice.text.template;

import dev.sluice.text.template.Expression.FilterCall;
import dev.sluice.text.template.Statement.Branch;
import dev.sluice.text.template.Statement.MacroShape;
import dev.sluice.text.template.Statement.Parameter;
import dev.sluice.text.template.Statement.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses a whole template. */
final class StatementParser {
    private final TokenCursor tokens;
    private final ExpressionParser expressions;
    /** Loops around the current statement that {@code break} can leave. */
    private int loops;

    private StatementParser(TokenCursor tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    static List<Statement> parse(String source) {
        return new StatementParser(new TokenCursor(Lexer.tokens(source))).body();
    }

    /** Statements up to a tag named in {@code ends}, whose name is then the current token, or up to the end of the template. */
    private List<Statement> body(String... ends) {
        tokens.enter();
        List<Statement> statements = new ArrayList<>();
        while (true) {
            switch (tokens.current().type()) {
                case TEXT -> {
                    Token text = tokens.take();
                    statements.add(new Statement.Output(text.line(), Text.trusted(text.text())));
                }
                case PRINT_BEGIN -> statements.add(print());
                case BLOCK_BEGIN -> {
                    tokens.take();
                    if (tokens.at(Token.Type.NAME)
                            && List.of(ends).contains(tokens.current().text())) {
                        tokens.leave();
                        return statements;
                    }
                    statements.add(statement());
                    tokens.expect(Token.Type.BLOCK_END);
                }
                default -> {
                    if (ends.length > 0) {
                        throw tokens.expected("{% " + String.join(" %} or {% ", ends) + " %}");
                    }
                    tokens.leave();
                    return statements;
                }
            }
        }
    }

    private Statement print() {
        int line = tokens.take().line();
        Statement print = new Statement.Print(line, expressions.expressions(true, ""));
        tokens.expect(Token.Type.PRINT_END);
        return print;
    }

    private Statement statement() {
        Token tag = tokens.expect(Token.Type.NAME);
        int line = tag.line();
        return switch (tag.text()) {
            case "if" -> conditional(line);
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "macro" -> macro(line);
            case "call" -> callWithBody(line);
            case "with" -> with(line);
            case "filter" -> new Statement.FilterBody(line, filters(), outsideBranches(() -> block("endfilter")));
            case "generation" -> new Statement.Scoped(line, function(() -> block("endgeneration")));
            case "block" -> {
                String name = tokens.expect(Token.Type.NAME).text();
                List<Statement> body = function(() -> block("endblock"));
                tokens.acceptName(name);
                yield new Statement.Scoped(line, body);
            }
            case "break", "continue" -> {
                if (loops == 0) {
                    throw TemplateException.syntax(line, "'" + tag.text() + "' outside of a loop");
                }
                yield new Statement.Jump(line, tag.text().equals("break"));
            }
            case "include", "import", "from", "extends" ->
                throw TemplateException.syntax(line, "'" + tag.text() + "' is not supported: a template is one text");
            default -> throw TemplateException.syntax(line, "unknown or misplaced tag '" + tag.text() + "'");
        };
    }

    /** The rest of the opening tag, the body, and the name of the closing tag {@code end}. */
    private List<Statement> block(String end) {
        tokens.expect(Token.Type.BLOCK_END);
        List<Statement> body = body(end);
        tokens.take();
        return body;
    }

    /** Parses what is compiled on its own: an unknown filter in it is an error even when it lies in a branch. */
    private <T> T outsideBranches(Supplier<T> parse) {
        boolean before = expressions.setInBranch(false);
        T result = parse.get();
        expressions.setInBranch(before);
        return result;
    }

    /** Parses a body that is called, so that it cannot leave the loops around it. */
    private List<Statement> function(Supplier<List<Statement>> parse) {
        int before = loops;
        loops = 0;
        List<Statement> body = outsideBranches(parse);
        loops = before;
        return body;
    }

    private Statement conditional(int line) {
        boolean before = expressions.setInBranch(true);
        List<Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        String tag = "if";
        while (!tag.equals("endif")) {
            if (tag.equals("else")) {
                otherwise = block("endif");
                break;
            }
            Expression condition = expressions.expressions(false, "");
            tokens.expect(Token.Type.BLOCK_END);
            branches.add(new Branch(condition, body("elif", "else", "endif")));
            tag = tokens.take().text();
        }
        expressions.setInBranch(before);
        return new Statement.If(line, branches, otherwise);
    }

    private Statement loop(int line) {
        Target target = expressions.literals().target("in");
        if (!tokens.acceptName("in")) {
            throw tokens.expected("'in'");
        }
        Expression items = expressions.expressions(false, "recursive");
        boolean before = expressions.setInBranch(false);
        Expression filter = tokens.acceptName("if") ? expressions.expression() : null;
        // accepted because it changes nothing as long as loop(...) is not called
        tokens.acceptName("recursive");
        tokens.expect(Token.Type.BLOCK_END);
        loops++;
        List<Statement> body = body("endfor", "else");
        loops--;
        List<Statement> otherwise = tokens.take().isName("else") ? block("endfor") : List.of();
        expressions.setInBranch(before);
        return new Statement.For(line, target, items, filter, body, otherwise);
    }

    private Statement assignment(int line) {
        Target target = assignmentTarget();
        if (tokens.acceptOperator("=")) {
            return new Statement.Assign(line, target, expressions.expressions(true, ""));
        }
        List<FilterCall> filters = tokens.acceptOperator("|") ? filters() : List.of();
        return new Statement.AssignBody(line, target, filters, outsideBranches(() -> block("endset")));
    }

    private Target assignmentTarget() {
        if (tokens.at(Token.Type.NAME) && tokens.next().isOperator(".")) {
            String namespace = tokens.take().text();
            tokens.expectOperator(".");
            return new Target.Field(namespace, tokens.expect(Token.Type.NAME).text());
        }
        return expressions.literals().target("");
    }

    private List<FilterCall> filters() {
        List<FilterCall> filters = new ArrayList<>();
        do {
            filters.add(expressions.filterCall());
        } while (tokens.acceptOperator("|"));
        return filters;
    }

    private Statement with(int line) {
        List<Statement.Assign> assignments = new ArrayList<>();
        while (!tokens.at(Token.Type.BLOCK_END)) {
            if (!assignments.isEmpty()) {
                tokens.expectOperator(",");
            }
            Target target = expressions.literals().target("");
            tokens.expectOperator("=");
            assignments.add(new Statement.Assign(line, target, expressions.expression()));
        }
        return new Statement.With(line, assignments, outsideBranches(() -> block("endwith")));
    }

    private Statement macro(int line) {
        String name = tokens.expect(Token.Type.NAME).text();
        return new Statement.DefineMacro(line, macroShape(name, "endmacro", null));
    }

    private Statement callWithBody(int line) {
        List<Parameter> parameters = tokens.atOperator("(") ? parameters() : List.of();
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw TemplateException.syntax(line, "'call' needs a call behind it");
        }
        return new Statement.CallWithBody(line, call, macroShape("caller", "endcall", parameters));
    }

    private MacroShape macroShape(String name, String end, @Nullable List<Parameter> given) {
        Set<String> names = new HashSet<>();
        Set<String> outer = expressions.literals().collectNames(names);
        List<Parameter> parameters = given == null ? outsideBranches(this::parameters) : given;
        List<Statement> body = function(() -> block(end));
        expressions.literals().collectNames(outer);
        outer.addAll(names);
        return new MacroShape(name, parameters, body, names);
    }

    private List<Parameter> parameters() {
        tokens.expectOperator("(");
        List<Parameter> parameters = new ArrayList<>();
        boolean optional = false;
        while (!tokens.atOperator(")")) {
            String name = tokens.expect(Token.Type.NAME).text();
            boolean hasDefault = tokens.acceptOperator("=");
            if (optional && !hasDefault) {
                throw tokens.error("a parameter without default follows one with a default");
            }
            optional = hasDefault;
            parameters.add(new Parameter(name, hasDefault ? expressions.expression() : null));
            if (!tokens.acceptOperator(",")) {
                break;
            }
        }
        tokens.expectOperator(")");
        return parameters;
    }
}
