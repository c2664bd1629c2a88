package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.Optional;

/** What an action, a message or a judgement must look like by itself to be worth joining or training on. */
final class ActionRules {

    /** Messages one role may send in one turn. */
    static final int MAX_MESSAGES = 256;

    private ActionRules() {}

    /** What is wrong with the action, if anything. */
    static Optional<String> problem(Action action) {
        if (action.getMessageCount() < 0 || action.getMessageCount() > MAX_MESSAGES) {
            return wrong("messageCount %d is not between 0 and %d".formatted(action.getMessageCount(), MAX_MESSAGES));
        }
        if (action.getAttempt() < 0) {
            return wrong("attempt %d is negative".formatted(action.getAttempt()));
        }
        if (action.getFinishReason() == FinishReason.REFUSED) {
            return Optional.empty();
        }
        int tokens = action.getTokenIds().size();
        if (action.getLogprobs().size() != tokens) {
            return wrong(
                    "%d logprobs for %d tokens".formatted(action.getLogprobs().size(), tokens));
        }
        for (Float logprob : action.getLogprobs()) {
            if (!Float.isFinite(logprob)) {
                return wrong("logprob %s is not finite".formatted(logprob));
            }
        }
        int covered = 0;
        for (VersionSpan span : action.getVersions()) {
            if (span.getStart() != covered || span.getEnd() < covered) {
                return wrong("version spans leave token %d without a version".formatted(covered));
            }
            covered = span.getEnd();
        }
        return covered == tokens
                ? Optional.empty()
                : wrong("version spans cover %d of %d tokens".formatted(covered, tokens));
    }

    /** What is wrong with the message, if anything. */
    static Optional<String> problem(Message message) {
        if (message.getSequence() < 0 || message.getSequence() >= MAX_MESSAGES) {
            return wrong("sequence %d is not between 0 and %d".formatted(message.getSequence(), MAX_MESSAGES - 1));
        }
        return message.getTokens() < 0
                ? wrong("tokens %d is negative".formatted(message.getTokens()))
                : Optional.empty();
    }

    /** What is wrong with the judgement, if anything. */
    static Optional<String> problem(Judgement judgement) {
        if (judgement.getUnscorable() != null) {
            return Optional.empty();
        }
        if (judgement.getScore() != null) {
            double reward = judgement.getScore().getReward();
            return Double.isFinite(reward) ? Optional.empty() : wrong("reward %s is not finite".formatted(reward));
        }
        return judgement.getObservations().isEmpty()
                ? wrong("neither observations nor a score nor a reason why there is none")
                : Optional.empty();
    }

    private static Optional<String> wrong(String what) {
        return Optional.of(what);
    }
}
