package dev.troupe.reward.judge;

import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Continue;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Term;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;

/** Makes records of outcomes, and knows which outcomes no record should hold. */
final class Judgements {

    /** Half of what a topic takes: the observations are dealt on with all that belongs to a turn. */
    static final int MAX_BYTES = 4 << 20;

    static final int MAX_TERMS = 256;

    /** Characters of why there is no score. */
    static final int MAX_DETAIL = 2_000;

    private Judgements() {}

    static Judgement of(Step step, Outcome outcome, String judgedBy, Duration time) {
        Judgement.Builder judgement = Judgement.newBuilder()
                .setTaskId(step.getTask().getTaskId())
                .setEpisode(step.getEpisode())
                .setTurn(step.getTurn())
                .setJudgedBy(judgedBy)
                .setJudgeMillis(time.toMillis());
        switch (outcome) {
            case Continue next -> judgement.setObservations(next.observations());
            case Scored scored -> judgement.setScore(scored.score());
            case Unscorable unscorable -> judgement.setUnscorable(unscorable.reason() + ": " + detail(unscorable));
        }
        return judgement.build();
    }

    private static String detail(Unscorable unscorable) {
        String detail = unscorable.detail();
        return detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL) + " ..";
    }

    /** What is wrong with the answer of an environment, if anything. */
    static Optional<String> problem(Step step, Outcome outcome) {
        if (outcome instanceof Scored(Score score)) {
            Optional<String> problem = problem(score);
            if (problem.isPresent()) {
                return problem;
            }
        }
        try {
            Judgement judgement = of(step, outcome, "", Duration.ZERO);
            int bytes = Judgement.getEncoder().encode(judgement).remaining();
            return bytes <= MAX_BYTES
                    ? Optional.empty()
                    : Optional.of("its answer has %d bytes, at most %d are taken".formatted(bytes, MAX_BYTES));
        } catch (IOException | RuntimeException e) {
            // Nulls within lists and records, which only the schema forbids.
            return Optional.of("its answer fits no record: " + e);
        }
    }

    private static Optional<String> problem(Score score) {
        if (!(score.getQuality() >= 0 && score.getQuality() <= 1)) {
            return Optional.of("quality is %s, not within 0 and 1".formatted(score.getQuality()));
        }
        if (!Double.isFinite(score.getSpeed()) || !Double.isFinite(score.getCoordination())) {
            return Optional.of("speed is %s and coordination is %s, both must be finite"
                    .formatted(score.getSpeed(), score.getCoordination()));
        }
        if (score.getTerms() == null || score.getTerms().size() > MAX_TERMS) {
            return Optional.of("a score has up to %d terms".formatted(MAX_TERMS));
        }
        var names = new HashSet<String>();
        for (Term term : score.getTerms()) {
            if (term == null || term.getName() == null || !names.add(term.getName())) {
                return Optional.of("each term of a score has a name of its own, unlike " + term);
            }
            if (!Double.isFinite(term.getValue())) {
                return Optional.of("the term '%s' is not finite: %s".formatted(term.getName(), term.getValue()));
            }
        }
        return Optional.empty();
    }
}
