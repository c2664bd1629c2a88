package dev.troupe.trainer.update;

import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import dev.troupe.trainer.rollout.GroupReader;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** One step of a tiny policy that is the same at each start, and groups for it. */
final class TeamTraining {
    static final int WHOLE = 1 << 20;
    private static final String POLICY = "team";

    private TeamTraining() {}

    /** What an update said, and what the policy thinks of the probes afterwards. */
    record Result(StepOutcome outcome, List<Double> logprobs) {}

    /** Groups of random completions of unequal lengths, as if the policy itself had just drawn them. */
    static List<RolloutGroup> groups(double[]... rewards) {
        var reader = new GroupReader(
                Map.of(POLICY, TestGroups.TINY), Map.of(POLICY, 0), MultiObjectiveAggregation.SUM_THEN_NORMALIZE);
        try (TrainablePolicy policy = policy()) {
            var groups = new ArrayList<RolloutGroup>();
            for (double[] group : rewards) {
                EpisodeGroup drawn = TestGroups.group(POLICY, "task-" + groups.size(), group);
                groups.add(samples(
                        reader.read(drawn),
                        sample -> recorded(
                                sample,
                                policy.logprobs(List.of(sample.sequence())).getFirst())));
            }
            return List.copyOf(groups);
        }
    }

    static TrainablePolicy policy() {
        return TrainablePolicy.initialize(TestGroups.TINY, 7);
    }

    static Result train(GrpoOptions options, int microBatchTokens, List<RolloutGroup> groups) {
        return train(options, microBatchTokens, groups, sequences(groups));
    }

    /** @param probes whose log-probabilities stand for the weights */
    static Result train(
            GrpoOptions options, int microBatchTokens, List<RolloutGroup> groups, List<TrainingSequence> probes) {
        return train(new TeamUpdate(options, microBatchTokens, 0), 0, groups, probes);
    }

    /** @param version of the policy that the step trains */
    static Result train(TeamUpdate update, int version, List<RolloutGroup> groups, List<TrainingSequence> probes) {
        var policies = new TreeMap<String, TrainablePolicy>();
        try (TrainablePolicy policy = policy()) {
            policies.put(POLICY, policy);
            StepOutcome outcome = update.apply(policies, Map.of(), Map.of(POLICY, version), groups, 1);
            return new Result(
                    outcome, policy.logprobs(probes).stream().map(LogProbs::sum).toList());
        }
    }

    static List<TrainingSequence> sequences(List<RolloutGroup> groups) {
        return groups.stream()
                .flatMap(group -> group.episodes().stream())
                .flatMap(episode -> episode.samples().stream())
                .map(Sample::sequence)
                .toList();
    }

    static Sample recorded(Sample sample, LogProbs behaviour) {
        return new Sample(
                sample.policyId(),
                sample.role(),
                sample.trains(),
                sample.sequence(),
                behaviour,
                sample.truncated(),
                sample.provenance());
    }

    static RolloutGroup samples(RolloutGroup group, UnaryOperator<Sample> change) {
        return episodes(
                group,
                episode -> new RolloutEpisode(
                        episode.course(),
                        episode.reward(),
                        episode.passed(),
                        episode.terms(),
                        episode.weights(),
                        episode.samples().stream().map(change).toList()));
    }

    static RolloutGroup rewards(RolloutGroup group, DoubleUnaryOperator change) {
        return episodes(
                group,
                episode -> new RolloutEpisode(
                        episode.course(),
                        change.applyAsDouble(episode.reward()),
                        episode.passed(),
                        episode.terms(),
                        episode.weights(),
                        episode.samples()));
    }

    private static RolloutGroup episodes(RolloutGroup group, UnaryOperator<RolloutEpisode> change) {
        return new RolloutGroup(
                group.taskId(), group.episodes().stream().map(change).toList(), Optional.empty());
    }
}
