package dev.troupe.cli.score;

/** A file that holds no line to score. */
final class NoJsonlException extends Exception {

    private static final long serialVersionUID = 1;

    NoJsonlException(ScoreTally tally) {
        super(tally.first()
                .map(first -> "none of its first %d lines is a JSON object; %s".formatted(tally.lines(), first))
                .orElse("it has no lines"));
    }
}
