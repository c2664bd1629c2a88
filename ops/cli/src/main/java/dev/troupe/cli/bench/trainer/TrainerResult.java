package dev.troupe.cli.bench.trainer;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.Ratio;
import java.util.List;
import java.util.Optional;

/**
 * One kind of work on one model, as both sides did it.
 *
 * @param agreement of both sides in 32-bit floats, where they trained on the same completions
 */
record TrainerResult(GrpoSize size, Work work, List<Steps> ours, List<Steps> theirs, Optional<Agreement> agreement) {

    TrainerResult {
        ours = List.copyOf(ours);
        theirs = List.copyOf(theirs);
    }

    /** Completion tokens of a step. */
    long tokens() {
        return (long) Rollouts.PROMPTS * Rollouts.GENERATIONS * size.newTokens();
    }

    Optional<Steps> ours(Precision precision) {
        return of(ours, precision);
    }

    Optional<Steps> theirs(Precision precision) {
        return of(theirs, precision);
    }

    private static Optional<Steps> of(List<Steps> side, Precision precision) {
        return side.stream().filter(steps -> steps.precision() == precision).findFirst();
    }

    /** How many times as fast ours is, if both were measured. */
    Optional<Ratio> ratio(Precision mine, Precision other) {
        return ours(mine).flatMap(steps -> theirs(other).map(steps::over));
    }
}
