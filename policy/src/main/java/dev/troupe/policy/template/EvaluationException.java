package dev.troupe.policy.template;

/** An expression that has no value; {@link Renderer} knows the line and makes it a {@link TemplateException}. */
final class EvaluationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EvaluationException(String problem) {
        super(problem);
    }
}
