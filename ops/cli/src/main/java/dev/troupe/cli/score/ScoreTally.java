package dev.troupe.cli.score;

import static java.util.Objects.requireNonNull;

import dev.troupe.cli.terminal.Printable;
import java.util.Optional;

/**
 * How a file was scored.
 *
 * @param lines all of them, blank ones left out
 * @param refused those without a score
 * @param first number and verdict of the first one without
 */
record ScoreTally(long lines, long refused, Optional<String> first) {

    /** Characters of the verdict that are shown. */
    private static final int MAX_VERDICT = 300;

    static final ScoreTally NOTHING = new ScoreTally(0, 0, Optional.empty());

    ScoreTally {
        requireNonNull(first, "first is null");
        if (lines < refused || refused < 0) {
            throw new IllegalArgumentException("%d of %d lines refused".formatted(refused, lines));
        }
    }

    ScoreTally with(LineScorer.Result result) {
        // A verdict quotes the line, and this one goes to a terminal.
        Optional<String> verdict = result.error()
                .map(error -> "line %d: %s"
                        .formatted(result.line(), Printable.text(Printable.shortened(error, MAX_VERDICT))));
        return new ScoreTally(lines + 1, refused + (verdict.isPresent() ? 1 : 0), first.or(() -> verdict));
    }
}
