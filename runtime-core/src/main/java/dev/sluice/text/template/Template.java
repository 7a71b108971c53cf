package dev.sluice.text.template;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A parsed Jinja template. Immutable; many threads may render it at once. The language is the one that chat templates are
 * written in (`spec/product.md` §3.2): what is missing is an error, never other text.
 */
public final class Template {
    private final String where;
    private final List<Statement> statements;

    private Template(String where, List<Statement> statements) {
        this.where = where;
        this.statements = statements;
    }

    /**
     * @param source the template
     * @param where its name in error messages, such as the path of its file
     * @throws TemplateException of kind {@code SYNTAX}
     */
    public static Template parse(String source, String where) {
        try {
            return new Template(where, StatementParser.parse(source));
        } catch (TemplateException e) {
            throw e.at(where, 1);
        }
    }

    /**
     * Renders the template. What it may spend is bounded: 1,000,000 evaluations, 16 Mi characters of output, and memory and
     * time in proportion to the variables.
     *
     * @param variables null, booleans, numbers, strings, {@link TrustedText}, and lists and maps of them
     * @param now the local time that {@code strftime_now} reads
     * @throws TemplateException when it cannot be rendered; of kind {@code RAISED} when the template refuses its input
     */
    public RenderedPrompt render(Map<String, ? extends @Nullable Object> variables, Supplier<LocalDateTime> now) {
        Variables reader = new Variables();
        Budget budget = null;
        try {
            Scope given = reader.read(variables);
            budget = new Budget(reader.cells());
            Evaluator evaluator = new Evaluator(budget, new Globals(budget, now));
            TextBuilder out = new TextBuilder(budget);
            new Renderer(budget, evaluator).render(statements, new Scope(given), out);
            return out.toPrompt();
        } catch (TemplateException e) {
            throw e.at(where, budget == null ? 1 : budget.line());
        }
    }
}
