package dev.troupe.policy.template;

/** A template that cannot be compiled, or that fails or refuses its input; the message begins with the line. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TemplateException(int line, String problem) {
        super("line " + line + ": " + problem);
    }

    TemplateException(int line, EvaluationException cause) {
        super("line " + line + ": " + cause.getMessage(), cause);
    }
}
