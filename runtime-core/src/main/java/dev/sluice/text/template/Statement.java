package dev.sluice.text.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of a template. {@code line} is where it begins, from 1. */
sealed interface Statement {
    int line();

    record Output(int line, Text text) implements Statement {}

    record Print(int line, Expression value) implements Statement {}

    record If(int line, List<Branch> branches, List<Statement> otherwise) implements Statement {}

    record Branch(Expression condition, List<Statement> body) {}

    record For(
            int line,
            Target target,
            Expression items,
            @Nullable Expression filter,
            List<Statement> body,
            List<Statement> otherwise)
            implements Statement {}

    /** {@code break} or {@code continue}. */
    record Jump(int line, boolean leavesLoop) implements Statement {}

    record Assign(int line, Target target, Expression value) implements Statement {}

    /** {@code {% set x | filter %}...{% endset %}}. */
    record AssignBody(int line, Target target, List<Expression.FilterCall> filters, List<Statement> body)
            implements Statement {}

    /** {@code {% filter ... %}...{% endfilter %}}. */
    record FilterBody(int line, List<Expression.FilterCall> filters, List<Statement> body) implements Statement {}

    record With(int line, List<Assign> assignments, List<Statement> body) implements Statement {}

    /** A body with names of its own: {@code generation}, {@code block}. */
    record Scoped(int line, List<Statement> body) implements Statement {}

    record DefineMacro(int line, MacroShape macro) implements Statement {}

    /** {@code {% call f(x) %}...{% endcall %}}: {@code caller} is the body. */
    record CallWithBody(int line, Expression.Call call, MacroShape caller) implements Statement {}

    /**
     * A macro before it is bound to the names around it.
     *
     * @param names every name its body mentions: {@code varargs}, {@code kwargs} and {@code caller} are accepted when read
     */
    record MacroShape(String name, List<Parameter> parameters, List<Statement> body, java.util.Set<String> names) {}

    record Parameter(String name, @Nullable Expression otherwise) {}

    /** What an assignment or a loop writes to. */
    sealed interface Target {
        record Variable(String name) implements Target {}

        record Several(List<Target> parts) implements Target {}

        record Field(String namespace, String name) implements Target {}
    }
}
