package dev.troupe.trainer.rollout;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Term;
import dev.troupe.schemas.avro.VersionSpan;
import dev.troupe.trainer.grpo.JointMode;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a group record into token sequences, and decides whether it can train. */
public final class GroupReader {
    private static final Logger LOGGER = LoggerFactory.getLogger(GroupReader.class);

    private static final double MAX_WEIGHT = 1e6;
    private static final String QUALITY = "quality";
    private static final String SPEED = "speed";
    private static final String COORDINATION = "coordination";

    private final Map<String, DecoderConfig> policies;
    private final MultiObjectiveAggregation aggregation;
    private final JointMode jointMode;
    private final Set<String> frozenRoles;
    private final boolean flatGroupsTrain;

    /** A reader for a team of which every role is trained, in joint mode {@code aligned}. */
    public GroupReader(Map<String, DecoderConfig> policies, MultiObjectiveAggregation aggregation) {
        this(policies, aggregation, JointMode.ALIGNED, Set.of(), false);
    }

    /**
     * @param policies shapes of the team's policies, by policyId; actions of others are left out
     * @param aggregation by which a group can tell its episodes apart, or cannot
     * @param jointMode whether episodes may share completions; with {@code cross} they need not
     * @param frozenRoles whose completions do not train
     * @param flatGroupsTrain whether something can be learnt from equal rewards, as a critic does
     */
    public GroupReader(
            Map<String, DecoderConfig> policies,
            MultiObjectiveAggregation aggregation,
            JointMode jointMode,
            Set<String> frozenRoles,
            boolean flatGroupsTrain) {
        this.policies = Map.copyOf(policies);
        this.jointMode = requireNonNull(jointMode, "jointMode is null");
        this.aggregation = requireNonNull(aggregation, "aggregation is null");
        this.frozenRoles = Set.copyOf(frozenRoles);
        this.flatGroupsTrain = flatGroupsTrain;
    }

    public RolloutGroup read(EpisodeGroup group) {
        try {
            List<RolloutEpisode> episodes =
                    group.getEpisodes().stream().map(this::episode).toList();
            var whole = new RolloutGroup(group.getTaskId(), episodes, Optional.empty());
            return new RolloutGroup(group.getTaskId(), episodes, skip(whole));
        } catch (IllegalArgumentException e) {
            LOGGER.atWarn()
                    .addKeyValue("taskId", group.getTaskId())
                    .addKeyValue("error", e.getMessage())
                    .log("group cannot be used for training");
            return RolloutGroup.unusable(group.getTaskId(), SkipReason.INVALID_RECORD);
        }
    }

    private Optional<SkipReason> skip(RolloutGroup group) {
        if (group.episodes().stream().noneMatch(RolloutEpisode::scored)) {
            return Optional.of(SkipReason.ALL_INCOMPLETE);
        }
        if (group.isCrossed() && jointMode == JointMode.ALIGNED) {
            return Optional.of(SkipReason.CROSSED_COMPLETIONS);
        }
        if (group.isCrossed() && group.completions().stream().anyMatch(sample -> sample.turn() > 0)) {
            return Optional.of(SkipReason.CROSSED_TURNS);
        }
        if (!flatGroupsTrain && group.isFlat(aggregation)) {
            return Optional.of(SkipReason.ZERO_VARIANCE);
        }
        boolean trainable = group.episodes().stream()
                .anyMatch(episode ->
                        episode.scored() && episode.samples().stream().anyMatch(Sample::trains));
        return trainable ? Optional.empty() : Optional.of(SkipReason.NO_TRAINABLE_COMPLETION);
    }

    private RolloutEpisode episode(Episode episode) {
        var samples = new ArrayList<Sample>();
        for (EpisodeStep step : episode.getSteps()) {
            for (Action action : step.getActions()) {
                sample(action).ifPresent(samples::add);
            }
        }
        Score score = episode.getScore();
        if (episode.getStatus() != EpisodeStatus.SCORED || score == null) {
            return new RolloutEpisode(Double.NaN, false, Map.of(), Map.of(), samples);
        }
        if (!Double.isFinite(score.getReward())) {
            throw new IllegalArgumentException("the reward of episode " + episode.getEpisode() + " is not finite");
        }
        return new RolloutEpisode(score.getReward(), score.getPassed(), terms(score), weights(score), samples);
    }

    private static Map<String, Double> terms(Score score) {
        var terms = new TreeMap<String, Double>();
        for (Term term : score.getTerms()) {
            terms.put(term.getName(), term.getValue());
        }
        // Last, because an environment may have terms of these names.
        terms.put(QUALITY, score.getQuality());
        terms.put(SPEED, score.getSpeed());
        terms.put(COORDINATION, score.getCoordination());
        return terms;
    }

    private static Map<String, Double> weights(Score score) {
        RewardWeights weights = score.getWeights();
        if (weights == null) {
            return Map.of();
        }
        for (double weight : new double[] {weights.getQuality(), weights.getSpeed(), weights.getCoordination()}) {
            // A sum over larger ones would no longer be a number.
            if (!(Math.abs(weight) <= MAX_WEIGHT)) {
                throw new IllegalArgumentException(
                        "a reward's weight is %s, at most %s is taken".formatted(weight, MAX_WEIGHT));
            }
        }
        return Map.of(
                QUALITY, weights.getQuality(), SPEED, weights.getSpeed(), COORDINATION, -weights.getCoordination());
    }

    private Optional<Sample> sample(Action action) {
        DecoderConfig config = policies.get(action.getPolicyId());
        if (config == null
                || action.getFinishReason() == FinishReason.REFUSED
                || action.getTokenIds().isEmpty()) {
            return Optional.empty();
        }
        TokenIds prompt = ids(action.getPromptTokenIds(), config);
        TokenIds completion = ids(action.getTokenIds(), config);
        if (prompt.size() + completion.size() > config.maxPositionEmbeddings()) {
            throw new IllegalArgumentException("a sequence of " + (prompt.size() + completion.size())
                    + " tokens is longer than max_position_embeddings " + config.maxPositionEmbeddings());
        }
        return Optional.of(new Sample(
                action.getPolicyId(),
                action.getRole(),
                action.getEpisode(),
                action.getTurn(),
                !frozenRoles.contains(action.getRole()),
                TrainingSequence.of(prompt, completion, action.getTemperature()),
                LogProbs.of(action.getLogprobs()),
                action.getFinishReason() == FinishReason.LENGTH,
                oldestVersion(action)));
    }

    private static TokenIds ids(List<Integer> ids, DecoderConfig config) {
        for (int id : ids) {
            if (id >= config.vocabSize()) {
                throw new IllegalArgumentException(
                        "token id " + id + " is outside the vocabulary of " + config.vocabSize());
            }
        }
        return TokenIds.of(ids);
    }

    private static int oldestVersion(Action action) {
        return action.getVersions().stream()
                .mapToInt(VersionSpan::getVersion)
                .min()
                .orElseThrow(() -> new IllegalArgumentException("an action does not say which version drew it"));
    }
}
