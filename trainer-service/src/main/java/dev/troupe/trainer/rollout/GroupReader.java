package dev.troupe.trainer.rollout;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Term;
import dev.troupe.trainer.grpo.JointMode;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
    private static final double MAX_REWARD = 1e9;
    private static final int MAX_NAMED = 5;
    private static final String QUALITY = "quality";
    private static final String SPEED = "speed";
    private static final String COORDINATION = "coordination";

    private final ActionReader actions;
    private final MultiObjectiveAggregation aggregation;
    private final JointMode jointMode;
    private final boolean flatGroupsTrain;

    /** A reader for a team of which every role is trained, in joint mode {@code aligned}. */
    public GroupReader(
            Map<String, DecoderConfig> policies,
            Map<String, Integer> published,
            MultiObjectiveAggregation aggregation) {
        this(policies, published, aggregation, JointMode.ALIGNED, Set.of(), false);
    }

    /**
     * @param policies shapes of the team's policies, by policyId; actions of others are left out
     * @param published newest version of each, by policyId: none above it can have drawn anything
     * @param aggregation by which a group can tell its episodes apart, or cannot
     * @param jointMode whether episodes may share completions; with {@code cross} they need not
     * @param frozenRoles whose completions do not train
     * @param flatGroupsTrain whether something can be learnt from equal rewards, as a critic does
     */
    public GroupReader(
            Map<String, DecoderConfig> policies,
            Map<String, Integer> published,
            MultiObjectiveAggregation aggregation,
            JointMode jointMode,
            Set<String> frozenRoles,
            boolean flatGroupsTrain) {
        this.actions = new ActionReader(policies, published, frozenRoles);
        this.jointMode = requireNonNull(jointMode, "jointMode is null");
        this.aggregation = requireNonNull(aggregation, "aggregation is null");
        this.flatGroupsTrain = flatGroupsTrain;
    }

    public RolloutGroup read(EpisodeGroup group) {
        try {
            var episodes = new ArrayList<RolloutEpisode>();
            var numbers = new HashSet<Integer>();
            for (Episode episode : group.getEpisodes()) {
                if (!numbers.add(episode.getEpisode())) {
                    throw new UnusableGroupException(
                            SkipReason.DUPLICATE_EPISODE, "episode %d is there twice".formatted(episode.getEpisode()));
                }
                episodes.add(episode(group, episode));
            }
            var whole = new RolloutGroup(group.getTaskId(), episodes, Optional.empty());
            return skip(whole)
                    .map(reason -> whole.without(reason, why(reason, group)))
                    .orElse(whole);
        } catch (IllegalArgumentException e) {
            return unusable(
                    group, new UnusableGroupException(SkipReason.INVALID_RECORD, String.valueOf(e.getMessage())));
        } catch (UnusableGroupException e) {
            return unusable(group, e);
        }
    }

    private static RolloutGroup unusable(EpisodeGroup group, UnusableGroupException e) {
        LOGGER.atWarn()
                .addKeyValue("taskId", group.getTaskId())
                .addKeyValue("reason", e.reason())
                .addKeyValue("error", e.detail())
                .log("group cannot be used for training");
        return RolloutGroup.unusable(group.getTaskId(), e.reason(), e.detail());
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
        long scored = group.episodes().stream().filter(RolloutEpisode::scored).count();
        if (!flatGroupsTrain && scored == 1) {
            return Optional.of(SkipReason.SINGLE_EPISODE);
        }
        if (!flatGroupsTrain && group.isFlat(aggregation)) {
            return Optional.of(SkipReason.ZERO_VARIANCE);
        }
        boolean trainable = group.episodes().stream()
                .anyMatch(episode ->
                        episode.scored() && episode.samples().stream().anyMatch(Sample::trains));
        return trainable ? Optional.empty() : Optional.of(SkipReason.NO_TRAINABLE_COMPLETION);
    }

    /** What a person has to know beside the reason; the record itself is as it should be. */
    private static String why(SkipReason reason, EpisodeGroup group) {
        int size = group.getEpisodes().size();
        if (reason == SkipReason.CROSSED_COMPLETIONS) {
            return "the %d episodes share completions; set grpo.joint_mode to cross".formatted(size);
        }
        if (reason != SkipReason.NO_TRAINABLE_COMPLETION) {
            long scored = group.getEpisodes().stream()
                    .filter(episode -> episode.getStatus() == EpisodeStatus.SCORED)
                    .count();
            return "%d of %d episodes are scored".formatted(scored, size);
        }
        List<String> drawn = group.getEpisodes().stream()
                .flatMap(episode -> episode.getSteps().stream())
                .flatMap(step -> step.getActions().stream())
                .map(Action::getPolicyId)
                .distinct()
                .sorted()
                .limit(MAX_NAMED)
                .toList();
        return "the completions of %d episodes are empty or of other policies: %s".formatted(size, drawn);
    }

    private RolloutEpisode episode(EpisodeGroup group, Episode episode) throws UnusableGroupException {
        if (!episode.getTaskId().equals(group.getTaskId())
                || !episode.getTeamId().equals(group.getTeamId())) {
            throw new UnusableGroupException(
                    SkipReason.INVALID_RECORD,
                    "episode %d is of task %s and team %s, its group of task %s and team %s"
                            .formatted(
                                    episode.getEpisode(),
                                    episode.getTaskId(),
                                    episode.getTeamId(),
                                    group.getTaskId(),
                                    group.getTeamId()));
        }
        var samples = new ArrayList<Sample>();
        for (EpisodeStep step : episode.getSteps()) {
            for (Action action : step.getActions()) {
                actions.read(action).ifPresent(samples::add);
            }
        }
        Score score = episode.getScore();
        if (episode.getStatus() != EpisodeStatus.SCORED || score == null) {
            return new RolloutEpisode(course(episode), Double.NaN, false, Map.of(), Map.of(), samples);
        }
        checkRewards(episode.getEpisode(), score);
        return new RolloutEpisode(
                course(episode), score.getReward(), score.getPassed(), terms(score), weights(score), samples);
    }

    private static Course course(Episode episode) {
        return new Course(
                episode.getEpisode(),
                episode.getSteps().size(),
                (episode.getFinishedAt() - episode.getStartedAt()) / 1e3);
    }

    private static void checkRewards(int episode, Score score) throws UnusableGroupException {
        var rewards = new LinkedHashMap<String, Double>();
        rewards.put("reward", score.getReward());
        rewards.put(QUALITY, score.getQuality());
        rewards.put(SPEED, score.getSpeed());
        rewards.put(COORDINATION, score.getCoordination());
        for (var entry : rewards.entrySet()) {
            if (!Double.isFinite(entry.getValue())) {
                throw new UnusableGroupException(
                        SkipReason.NON_FINITE_REWARD,
                        "episode %d: %s is %s".formatted(episode, entry.getKey(), entry.getValue()));
            }
            // Squares and sums of larger ones would not be finite.
            if (Math.abs(entry.getValue()) > MAX_REWARD) {
                throw new UnusableGroupException(
                        SkipReason.REWARD_TOO_LARGE,
                        "episode %d: %s is %s, at most %s is taken"
                                .formatted(episode, entry.getKey(), entry.getValue(), MAX_REWARD));
            }
        }
        RewardWeights weights = score.getWeights();
        if (weights == null) {
            return;
        }
        for (double weight : new double[] {weights.getQuality(), weights.getSpeed(), weights.getCoordination()}) {
            // A sum over larger ones would no longer be a number.
            if (!(Math.abs(weight) <= MAX_WEIGHT)) {
                throw new UnusableGroupException(
                        SkipReason.INVALID_RECORD,
                        "episode %d: a reward's weight is %s, at most %s is taken"
                                .formatted(episode, weight, MAX_WEIGHT));
            }
        }
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
        return Map.of(
                QUALITY, weights.getQuality(), SPEED, weights.getSpeed(), COORDINATION, -weights.getCoordination());
    }
}
