package dev.troupe.policy.template;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chat template in the subset of Jinja 3.1 that such templates use, with the settings, functions and filters that
 * transformers gives to them. What is not in the subset is refused by name when the template is compiled. Immutable.
 */
public final class Template {
    /** Real templates are below 30 thousand characters. */
    private static final int MAX_SOURCE = 1 << 18;

    /** Bounds the memory of a rendering to some hundred MiB and its time to a few seconds. */
    private static final long MAX_WORK = 1L << 26;

    private final List<Statement> statements;
    private final Clock clock;
    private final long work;

    private Template(List<Statement> statements, Clock clock, long work) {
        this.statements = statements;
        this.clock = clock;
        this.work = work;
    }

    /**
     * @param clock what {@code strftime_now} tells the time by
     * @throws TemplateException when the source is malformed or uses what is not supported
     */
    public static Template compile(String source, Clock clock) {
        return compile(source, clock, MAX_WORK);
    }

    /** @param work units that each rendering may spend */
    static Template compile(String source, Clock clock, long work) {
        if (source.length() > MAX_SOURCE) {
            throw new TemplateException(
                    1, "the template has " + source.length() + " characters, more than " + MAX_SOURCE);
        }
        var parser = new StatementParser(new TokenStream(Lexer.tokenize(source)));
        return new Template(List.copyOf(parser.template()), clock, work);
    }

    /**
     * Renders with these variables: strings, booleans, numbers, null, and lists and maps of them. Strings are foreign
     * text, {@link Text} is what it says it is.
     *
     * @throws TemplateException when the template refuses the variables, uses them wrongly, or does not end in time
     */
    public Text render(Map<String, ? extends @Nullable Object> variables) {
        var budget = new Budget(work);
        Map<String, Value> values = new HashMap<>(new Globals(budget, clock).functions());
        variables.forEach((name, value) -> values.put(name, Value.of(value)));
        return new Renderer(budget).render(statements, Scope.outermost(values));
    }
}
