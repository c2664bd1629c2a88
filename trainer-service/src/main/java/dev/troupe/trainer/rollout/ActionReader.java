package dev.troupe.trainer.rollout;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns an action into a completion to train on. What an action claims is checked before any of it is used. */
final class ActionReader {
    /** An engine that sums in single precision may find a certain token a little more likely than certain. */
    private static final float CERTAIN = 1e-4f;

    private final Map<String, DecoderConfig> policies;
    private final Map<String, Integer> published;
    private final Set<String> frozenRoles;

    /**
     * @param policies shapes of the team's policies, by policyId
     * @param published newest version of each
     * @param frozenRoles whose completions do not train
     */
    ActionReader(Map<String, DecoderConfig> policies, Map<String, Integer> published, Set<String> frozenRoles) {
        this.policies = Map.copyOf(policies);
        this.published = Map.copyOf(published);
        this.frozenRoles = Set.copyOf(frozenRoles);
    }

    /** @return empty when there is nothing in it to train, or not by this trainer */
    Optional<Sample> read(Action action) throws UnusableGroupException {
        DecoderConfig config = policies.get(action.getPolicyId());
        if (config == null
                || action.getFinishReason() == FinishReason.REFUSED
                || action.getTokenIds().isEmpty()) {
            return Optional.empty();
        }
        checkTokens(action, config);
        checkLogProbs(action);
        checkVersions(action);
        try {
            return Optional.of(new Sample(
                    action.getPolicyId(),
                    action.getRole(),
                    !frozenRoles.contains(action.getRole()),
                    TrainingSequence.of(
                            TokenIds.of(action.getPromptTokenIds()),
                            TokenIds.of(action.getTokenIds()),
                            action.getTemperature()),
                    LogProbs.of(action.getLogprobs()),
                    action.getFinishReason() == FinishReason.LENGTH,
                    new Provenance(action.getEpisode(), action.getTurn(), action.getText(), action.getVersions())));
        } catch (IllegalArgumentException e) {
            throw unusable(SkipReason.INVALID_RECORD, action, String.valueOf(e.getMessage()));
        }
    }

    private static void checkTokens(Action action, DecoderConfig config) throws UnusableGroupException {
        int tokens = action.getPromptTokenIds().size() + action.getTokenIds().size();
        if (tokens > config.positions()) {
            throw unusable(
                    SkipReason.SEQUENCE_TOO_LONG,
                    action,
                    "prompt and completion have %d tokens, the policy takes %d".formatted(tokens, config.positions()));
        }
        for (List<Integer> ids : List.of(action.getPromptTokenIds(), action.getTokenIds())) {
            for (int id : ids) {
                if (id < 0 || id >= config.vocabSize()) {
                    throw unusable(
                            SkipReason.TOKEN_OUTSIDE_VOCABULARY,
                            action,
                            "token id %d is outside the vocabulary of %d".formatted(id, config.vocabSize()));
                }
            }
        }
    }

    private static void checkLogProbs(Action action) throws UnusableGroupException {
        List<Float> logprobs = action.getLogprobs();
        int tokens = action.getTokenIds().size();
        if (logprobs.size() != tokens) {
            throw unusable(
                    SkipReason.LOGPROBS_MISMATCH,
                    action,
                    "%d tokens have %d log-probabilities".formatted(tokens, logprobs.size()));
        }
        for (int t = 0; t < tokens; t++) {
            float logprob = logprobs.get(t);
            if (!(Float.isFinite(logprob) && logprob <= CERTAIN)) {
                throw unusable(
                        SkipReason.INVALID_LOGPROB,
                        action,
                        "the log-probability of token %d is %s; it must be finite and not above 0"
                                .formatted(t, logprob));
            }
        }
    }

    private void checkVersions(Action action) throws UnusableGroupException {
        int newest = published.getOrDefault(action.getPolicyId(), 0);
        int next = 0;
        for (VersionSpan span : action.getVersions()) {
            if (span.getStart() != next || span.getEnd() <= span.getStart()) {
                break;
            }
            next = span.getEnd();
            if (span.getVersion() < 0 || span.getVersion() > newest) {
                throw unusable(
                        SkipReason.UNKNOWN_VERSION,
                        action,
                        "version %d of %s was never published, the newest is %d; is the agent of another cluster?"
                                .formatted(span.getVersion(), action.getPolicyId(), newest));
            }
        }
        if (next != action.getTokenIds().size()) {
            throw unusable(
                    SkipReason.INVALID_VERSION_SPANS,
                    action,
                    "in order and without a gap, the version spans cover %d of %d tokens"
                            .formatted(next, action.getTokenIds().size()));
        }
    }

    private static UnusableGroupException unusable(SkipReason reason, Action action, String what) {
        return new UnusableGroupException(
                reason,
                "episode %d, turn %d, role %s, agent %s: %s"
                        .formatted(action.getEpisode(), action.getTurn(), action.getRole(), action.getAgentId(), what));
    }
}
