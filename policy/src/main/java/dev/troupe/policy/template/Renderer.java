package dev.troupe.policy.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One rendering of a template. */
final class Renderer {
    private static final int MAX_CALLS = 32;

    private final Semantics semantics;
    private final Evaluator evaluator;
    private Text.Builder out = new Text.Builder();
    private int calls;
    private int line = 1;

    /** How a list of statements ended. */
    private enum Outcome {
        DONE,
        BREAK,
        CONTINUE
    }

    Renderer(Budget budget) {
        this.semantics = new Semantics(budget);
        this.evaluator = new Evaluator(semantics);
    }

    /** @throws TemplateException with the line of the tag that failed */
    Text render(List<Statement> template, Scope scope) {
        try {
            run(template, scope);
            return out.build();
        } catch (EvaluationException e) {
            throw new TemplateException(line, e);
        }
    }

    private Outcome run(List<Statement> statements, Scope scope) {
        for (Statement statement : statements) {
            Outcome outcome = run(statement, scope);
            if (outcome != Outcome.DONE) {
                return outcome;
            }
        }
        return Outcome.DONE;
    }

    private Outcome run(Statement statement, Scope scope) {
        return switch (statement) {
            case Statement.Data(Text text) -> write(text);
            case Statement.Print print -> write(semantics.text(evaluate(print.line(), print.expression(), scope)));
            case Statement.If(List<Statement.Branch> branches, List<Statement> otherwise) -> {
                for (Statement.Branch branch : branches) {
                    if (evaluate(branch.line(), branch.condition(), scope).truth()) {
                        yield run(branch.body(), scope);
                    }
                }
                yield run(otherwise, scope);
            }
            case Statement.For loop -> run(loop, scope);
            case Statement.Set set -> assign(set.targets(), evaluate(set.line(), set.value(), scope), scope);
            case Statement.SetAttribute set -> setAttribute(set, scope);
            case Statement.Capture capture -> {
                scope.set(capture.name(), capture(capture.body(), scope));
                yield Outcome.DONE;
            }
            case Statement.Macro macro -> {
                scope.set(macro.name(), (Value.Function) in -> call(macro, in, scope));
                yield Outcome.DONE;
            }
            case Statement.Generation(List<Statement> body) -> run(body, scope.inner(Map.of()));
            case Statement.Break _ -> Outcome.BREAK;
            case Statement.Continue _ -> Outcome.CONTINUE;
        };
    }

    private Value evaluate(int tagLine, Expression expression, Scope scope) {
        line = tagLine;
        return evaluator.evaluate(expression, scope);
    }

    private Outcome write(Text text) {
        semantics.budget().spendFor(text);
        out.append(text);
        return Outcome.DONE;
    }

    private Outcome assign(List<String> targets, Value value, Scope scope) {
        if (targets.size() == 1) {
            scope.set(targets.getFirst(), value);
            return Outcome.DONE;
        }
        List<Value> values = semantics.iterate(value);
        if (values.size() != targets.size()) {
            throw new EvaluationException("cannot assign " + values.size() + " values to " + targets.size() + " names");
        }
        for (int i = 0; i < targets.size(); i++) {
            scope.set(targets.get(i), values.get(i));
        }
        return Outcome.DONE;
    }

    private Outcome setAttribute(Statement.SetAttribute set, Scope scope) {
        line = set.line();
        if (!(scope.get(set.namespace()) instanceof Value.Namespace(Map<String, Value> attributes))) {
            throw new EvaluationException("'" + set.namespace() + "' is not a namespace, so it cannot be changed");
        }
        attributes.put(set.attribute(), evaluator.evaluate(set.value(), scope));
        return Outcome.DONE;
    }

    private Outcome run(Statement.For loop, Scope scope) {
        List<Value> items = chosen(loop, scope);
        for (int i = 0; i < items.size(); i++) {
            Scope round = scope.inner(Map.of("loop", loopVariable(items, i)));
            line = loop.line();
            assign(loop.targets(), items.get(i), round);
            if (run(loop.body(), round) == Outcome.BREAK) {
                break;
            }
        }
        return items.isEmpty() ? run(loop.otherwise(), scope) : Outcome.DONE;
    }

    private List<Value> chosen(Statement.For loop, Scope scope) {
        List<Value> items = semantics.iterate(evaluate(loop.line(), loop.iterable(), scope));
        if (loop.condition().isEmpty()) {
            return items;
        }
        List<Value> chosen = new ArrayList<>();
        for (Value item : items) {
            Scope own = scope.inner(Map.of());
            assign(loop.targets(), item, own);
            if (evaluator.evaluate(loop.condition().get(), own).truth()) {
                chosen.add(item);
            }
        }
        return chosen;
    }

    private Value loopVariable(List<Value> items, int index) {
        int size = items.size();
        Map<Text, Value> loop = new HashMap<>();
        loop.put(Text.own("index"), new Value.Int(index + 1));
        loop.put(Text.own("index0"), new Value.Int(index));
        loop.put(Text.own("revindex"), new Value.Int(size - index));
        loop.put(Text.own("revindex0"), new Value.Int(size - index - 1));
        loop.put(Text.own("first"), new Value.Bool(index == 0));
        loop.put(Text.own("last"), new Value.Bool(index == size - 1));
        loop.put(Text.own("length"), new Value.Int(size));
        if (index > 0) {
            loop.put(Text.own("previtem"), items.get(index - 1));
        }
        if (index + 1 < size) {
            loop.put(Text.own("nextitem"), items.get(index + 1));
        }
        return semantics.budget().spendFor(new Value.Dict(loop));
    }

    private Text capture(List<Statement> body, Scope scope) {
        Text.Builder outer = out;
        out = new Text.Builder();
        try {
            run(body, scope.inner(Map.of()));
            return semantics.budget().spendFor(out.build());
        } finally {
            out = outer;
        }
    }

    private Value call(Statement.Macro macro, Arguments in, Scope defined) {
        if (++calls > MAX_CALLS) {
            throw new EvaluationException("macros call each other more than " + MAX_CALLS + " deep");
        }
        Map<String, Value> values = new LinkedHashMap<>();
        int position = 0;
        for (Map.Entry<String, Optional<Expression>> parameter :
                macro.parameters().entrySet()) {
            String name = parameter.getKey();
            values.put(
                    name,
                    in.find(position, name)
                            .orElseGet(() -> parameter
                                    .getValue()
                                    .map(expression -> evaluator.evaluate(expression, defined))
                                    .orElseGet(() -> new Value.Undefined(name))));
            position++;
        }
        int callLine = line;
        Text rendered = capture(macro.body(), defined.inner(values));
        line = callLine;
        calls--;
        return rendered;
    }
}
