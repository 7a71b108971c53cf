package dev.sluice.text.template;

import dev.sluice.text.template.Expression.FilterCall;
import dev.sluice.text.template.Statement.MacroShape;
import dev.sluice.text.template.Statement.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Executes statements. */
final class Renderer {
    /** Where execution goes after a statement. */
    private enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private final Budget budget;
    private final Evaluator evaluator;

    Renderer(Budget budget, Evaluator evaluator) {
        this.budget = budget;
        this.evaluator = evaluator;
    }

    void render(List<Statement> statements, Scope scope, TextBuilder out) {
        run(statements, scope, out);
    }

    private Flow run(List<Statement> statements, Scope scope, TextBuilder out) {
        for (Statement statement : statements) {
            budget.enter(statement.line());
            Flow flow = run(statement, scope, out);
            budget.leave();
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow run(Statement statement, Scope scope, TextBuilder out) {
        switch (statement) {
            case Statement.Output output -> out.append(output.text());
            case Statement.Print print -> print(evaluator.evaluate(print.value(), scope), out);
            case Statement.If branches -> {
                return run(chosen(branches, scope), scope, out);
            }
            case Statement.For loop -> {
                return loop(loop, scope, out);
            }
            case Statement.Jump jump -> {
                return jump.leavesLoop() ? Flow.BREAK : Flow.CONTINUE;
            }
            case Statement.Assign assign -> assign(assign.target(), evaluator.evaluate(assign.value(), scope), scope);
            case Statement.AssignBody block -> {
                TextBuilder body = new TextBuilder(budget);
                Flow flow = run(block.body(), new Scope(scope), body);
                if (flow != Flow.NEXT) {
                    return flow;
                }
                assign(block.target(), filtered(body.toText(), block.filters(), scope), scope);
            }
            case Statement.FilterBody block -> {
                TextBuilder body = new TextBuilder(budget);
                Flow flow = run(block.body(), new Scope(scope), body);
                if (flow != Flow.NEXT) {
                    return flow;
                }
                print(filtered(body.toText(), block.filters(), scope), out);
            }
            case Statement.With with -> {
                Scope inner = new Scope(scope);
                with.assignments().forEach(a -> assign(a.target(), evaluator.evaluate(a.value(), scope), inner));
                return run(with.body(), inner, out);
            }
            case Statement.Scoped scoped -> run(scoped.body(), new Scope(scope), out);
            case Statement.DefineMacro macro -> scope.set(macro.macro().name(), macro(macro.macro(), scope));
            case Statement.CallWithBody call -> print(callWithBody(call, scope), out);
        }
        return Flow.NEXT;
    }

    private void print(Value value, TextBuilder out) {
        out.append(PythonFormat.str(budget, value));
    }

    private List<Statement> chosen(Statement.If branches, Scope scope) {
        for (Statement.Branch branch : branches.branches()) {
            if (evaluator.truth(branch.condition(), scope)) {
                return branch.body();
            }
        }
        return branches.otherwise();
    }

    private Value filtered(Value captured, List<FilterCall> filters, Scope scope) {
        Value value = captured;
        for (FilterCall filter : filters) {
            value = evaluator.filter(filter, value, scope);
        }
        return value;
    }

    private Flow loop(Statement.For loop, Scope scope, TextBuilder out) {
        List<Value> items = selected(loop, Iteration.items(budget, evaluator.evaluate(loop.items(), scope)), scope);
        if (items.isEmpty()) {
            return run(loop.otherwise(), new Scope(scope), out);
        }
        Loop state = new Loop(budget, items);
        for (int i = 0; i < items.size(); i++) {
            budget.step();
            state.moveTo(i);
            Scope body = new Scope(scope);
            body.set("loop", state);
            assign(loop.target(), items.get(i), body);
            if (run(loop.body(), body, out) == Flow.BREAK) {
                break;
            }
        }
        return Flow.NEXT;
    }

    /** The items that pass the loop's own {@code if}: {@code loop.length} and its like count only those. */
    private List<Value> selected(Statement.For loop, List<Value> items, Scope scope) {
        Expression filter = loop.filter();
        if (filter == null) {
            return items;
        }
        budget.slots(items.size());
        List<Value> selected = new ArrayList<>();
        for (Value item : items) {
            Scope names = new Scope(scope);
            assign(loop.target(), item, names);
            if (evaluator.truth(filter, names)) {
                selected.add(item);
            }
        }
        return selected;
    }

    private void assign(Target target, Value value, Scope scope) {
        switch (target) {
            case Target.Variable variable -> scope.set(variable.name(), value);
            case Target.Field field -> {
                if (!(scope.find(field.namespace()) instanceof Namespace namespace)) {
                    throw TemplateException.evaluation(
                            "only a namespace's attributes can be set, '" + field.namespace() + "' is none");
                }
                namespace.set(field.name(), value);
            }
            case Target.Several several -> {
                List<Value> values = Iteration.items(budget, value);
                if (values.size() != several.parts().size()) {
                    throw TemplateException.evaluation("cannot unpack " + values.size() + " value(s) into "
                            + several.parts().size() + " name(s)");
                }
                for (int i = 0; i < values.size(); i++) {
                    assign(several.parts().get(i), values.get(i), scope);
                }
            }
        }
    }

    private Value callWithBody(Statement.CallWithBody statement, Scope scope) {
        Value callee = evaluator.evaluate(statement.call().callee(), scope);
        Arguments arguments = evaluator.arguments(statement.call().arguments(), scope);
        LinkedHashMap<String, Value> named = new LinkedHashMap<>(arguments.named());
        named.put("caller", macro(statement.caller(), scope));
        return evaluator.call(callee, new Arguments(arguments.positional(), named));
    }

    private Callable macro(MacroShape shape, Scope definedIn) {
        return arguments -> call(shape, definedIn, arguments);
    }

    private Value call(MacroShape macro, Scope definedIn, Arguments arguments) {
        budget.enterMacro(macro.name());
        Scope scope = new Scope(definedIn);
        LinkedHashMap<String, Value> named = new LinkedHashMap<>(arguments.named());
        List<Value> positional = arguments.positional();
        for (int i = 0; i < macro.parameters().size(); i++) {
            Statement.Parameter parameter = macro.parameters().get(i);
            Value byName = named.remove(parameter.name());
            if (byName != null && i < positional.size()) {
                throw TemplateException.evaluation("macro '" + macro.name() + "' got '" + parameter.name() + "' twice");
            }
            Value given = i < positional.size() ? positional.get(i) : byName;
            scope.set(parameter.name(), given == null ? missing(parameter, scope) : given);
        }
        takeRest(macro, positional, named, scope);
        TextBuilder out = new TextBuilder(budget);
        run(macro.body(), scope, out);
        budget.leaveMacro();
        return out.toText();
    }

    private Value missing(Statement.Parameter parameter, Scope scope) {
        @Nullable Expression otherwise = parameter.otherwise();
        return otherwise == null
                ? new Undefined("parameter '" + parameter.name() + "' was not provided")
                : evaluator.evaluate(otherwise, scope);
    }

    /** Arguments without a parameter: an error unless the macro reads {@code varargs}, {@code kwargs} or {@code caller}. */
    private void takeRest(MacroShape macro, List<Value> positional, SequencedMap<String, Value> named, Scope scope) {
        int extra = Math.max(0, positional.size() - macro.parameters().size());
        if (macro.names().contains("caller")) {
            Value caller = named.remove("caller");
            scope.set("caller", caller == null ? new Undefined("No caller defined") : caller);
        }
        if (macro.names().contains("kwargs")) {
            Dict rest = new Dict();
            named.forEach((name, value) -> rest.put(budget, Text.trusted(name), value));
            scope.set("kwargs", rest);
        } else if (!named.isEmpty()) {
            throw TemplateException.evaluation("macro '" + macro.name() + "' takes no keyword argument '"
                    + named.firstEntry().getKey() + "'");
        }
        if (macro.names().contains("varargs")) {
            List<Value> rest = positional.subList(positional.size() - extra, positional.size());
            scope.set("varargs", Sequence.tuple(budget, rest));
        } else if (extra > 0) {
            throw TemplateException.evaluation("macro '" + macro.name() + "' takes not more than "
                    + macro.parameters().size() + " argument(s)");
        }
    }
}
