package dev.troupe.trainer.update;

import static dev.troupe.trainer.update.TeamTraining.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.policy.LogProbs;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.VersionSpan;
import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.LossType;
import dev.troupe.trainer.grpo.SamplingCorrection;
import dev.troupe.trainer.rollout.GroupReader;
import dev.troupe.trainer.rollout.Provenance;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import dev.troupe.trainer.rollout.SkipReason;
import dev.troupe.trainer.update.TeamTraining.Result;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TeamUpdateTest {
    private static final GrpoOptions OPTIONS = GrpoOptions.defaults(1e-2);

    @ParameterizedTest
    @EnumSource(
            value = LossType.class,
            names = {"GRPO", "DAPO", "DR_GRPO"})
    void doesNotDependOnHowTheStepIsSplit(LossType type) {
        List<RolloutGroup> groups = groups(group("a", 1, 0, 0.4), group("b", 0.2, 0.9, 0.9));
        Result whole = train(OPTIONS.with(OPTIONS.loss().withType(type)), WHOLE, groups);
        Result split = train(OPTIONS.with(OPTIONS.loss().withType(type)), 20, groups);
        assertThat(split.outcome().metrics().get("loss"))
                .isCloseTo(whole.outcome().metrics().get("loss"), within(1e-6));
        for (int i = 0; i < whole.logprobs().size(); i++) {
            assertThat(split.logprobs().get(i)).isCloseTo(whole.logprobs().get(i), within(1e-4));
        }
    }

    @Test
    void isTheSameTwice() {
        List<RolloutGroup> groups = groups(group("a", 1, 0, 0.4), group("b", 0.2, 0.9, 0.9));
        assertThat(train(OPTIONS, 20, groups).logprobs())
                .isEqualTo(train(OPTIONS, 20, groups).logprobs());
    }

    @Test
    void makesRewardedCompletionsMoreLikely() {
        List<RolloutGroup> groups = groups(group("a", 1, 0));
        List<Double> before = train(GrpoOptions.defaults(0), WHOLE, groups).logprobs();
        List<Double> after = train(OPTIONS, WHOLE, groups).logprobs();
        // Of group a: two samples with reward 1, then two with reward 0.
        assertThat(after.get(0) + after.get(1)).isGreaterThan(before.get(0) + before.get(1));
        assertThat(after.get(2) + after.get(3)).isLessThan(before.get(2) + before.get(3));
    }

    @Test
    void leavesWeightsAloneWhenNothingTrains() {
        List<RolloutGroup> nothing = groups(group("a", 1, 1), group("b", Double.NaN, Double.NaN));
        Result result = train(OPTIONS, WHOLE, nothing);
        assertThat(result.logprobs())
                .isEqualTo(train(GrpoOptions.defaults(0), WHOLE, nothing).logprobs());
        assertThat(result.outcome().taskIds()).isEmpty();
        assertThat(result.outcome().skipped())
                .extracting(skipped -> skipped.getTaskId() + " " + skipped.getReason())
                .containsExactly("a ZERO_VARIANCE", "b ALL_INCOMPLETE");
        assertThat(result.outcome().broken()).isFalse();
        assertThat(result.outcome().metrics())
                .containsEntry("frac_reward_zero_std", 1.0)
                .containsEntry("episode/incomplete_total", 2.0)
                .containsEntry("reward", 1.0)
                .doesNotContainKeys("loss", "grad_norm");
    }

    @Test
    void leavesTruncatedCompletionsOutWhenAsked() {
        RolloutGroup group = truncated(groups(group("a", 1, 0)).getFirst());
        StepOutcome masked = train(options(1, true), WHOLE, List.of(group)).outcome();
        assertThat(masked.metrics()).doesNotContainKey("loss").containsEntry("completions/clipped_ratio", 1.0);
        StepOutcome trained = train(options(1, false), WHOLE, List.of(group)).outcome();
        assertThat(trained.metrics()).containsKey("loss");
    }

    @Test
    void movesFurtherWithEachIteration() {
        List<RolloutGroup> groups = groups(group("a", 1, 0));
        double once = train(options(1, false), WHOLE, groups).logprobs().getFirst();
        double thrice = train(options(3, false), WHOLE, groups).logprobs().getFirst();
        assertThat(thrice).isGreaterThan(once);
    }

    @Test
    void saysWhenTheLossIsNotFinite() {
        RolloutGroup group = groups(group("a", 1, 0)).getFirst();
        var against = new SamplingCorrection(SamplingCorrection.Mode.BEHAVIOUR, OptionalDouble.empty(), 3);
        Result result = train(OPTIONS.with(against), WHOLE, List.of(withBehaviour(group, -1000)));
        assertThat(result.outcome().broken()).isTrue();
        assertThat(result.outcome().taskIds()).isEmpty();
        assertThat(result.outcome().skipped())
                .extracting(skipped -> skipped.getReason())
                .containsExactly(SkipReason.NON_FINITE_LOSS.name());
    }

    @Test
    void reportsMetricsUnderTrlsNames() {
        Map<String, Double> metrics = train(OPTIONS, WHOLE, groups(group("a", 1, 0, Double.NaN)))
                .outcome()
                .metrics();
        assertThat(metrics)
                .containsKeys(
                        "loss",
                        "grad_norm",
                        "learning_rate",
                        "reward",
                        "reward_std",
                        "frac_reward_zero_std",
                        "rewards/quality/mean",
                        "rewards/quality/std",
                        "batch/trained_tokens_per_step",
                        "perf/fwd_bwd_s",
                        "perf/optimizer_s",
                        "clip_ratio/low_min",
                        "clip_ratio/high_max",
                        "completions/min_terminated_length",
                        "agent/helper/advantage_std",
                        "rewards/tests_passed/mean",
                        "completions/mean_length",
                        "completions/clipped_ratio",
                        "entropy",
                        "clip_ratio/region_mean",
                        "sampling/sampling_logp_difference/mean",
                        "sample/staleness_mean",
                        "sample/staleness_max",
                        "agent/helper/reward_mean",
                        "agent/main/reward_mean",
                        "episode/passed_mean")
                .containsEntry("episode/incomplete_total", 1.0)
                .containsEntry("sample/staleness_max", 3.0);
        assertThat(metrics.get("entropy")).isBetween(3.0, Math.log(32));
    }

    @Test
    void measuresStalenessByTokens() {
        RolloutGroup group = TeamTraining.samples(groups(group("a", 1, 0)).getFirst(), sample -> drawnBy(sample, 1, 3));

        Map<String, Double> metrics =
                train(OPTIONS, WHOLE, List.of(group)).outcome().metrics();

        double tokens = group.episodes().stream()
                .flatMap(episode -> episode.samples().stream())
                .mapToInt(Sample::length)
                .sum();
        // One token of each of four completions is two versions old, and the others are of the newest.
        assertThat(metrics.get("sample/staleness_mean")).isCloseTo(4 * 2 / tokens, within(1e-12));
        assertThat(metrics)
                .containsEntry("sample/staleness_max", 2.0)
                .containsEntry("sample/version_span_mean", 2.0)
                .containsEntry("episode/turns_mean", 1.0)
                .containsEntry("episode/duration_s", 0.0);
    }

    /** The sample with its first token drawn by one version and the others by another. */
    private static Sample drawnBy(Sample sample, int first, int then) {
        return withProvenance(sample, List.of(new VersionSpan(first, 0, 1), new VersionSpan(then, 1, sample.length())));
    }

    private static Sample withProvenance(Sample sample, List<VersionSpan> spans) {
        return new Sample(
                sample.policyId(),
                sample.role(),
                sample.trains(),
                sample.sequence(),
                sample.behaviour(),
                sample.truncated(),
                new Provenance(sample.episode(), sample.turn(), "", spans));
    }

    @Test
    void leavesOutLengthsOfWhatNeverEnded() {
        RolloutGroup group = truncated(groups(group("a", 1, 0)).getFirst());

        assertThat(train(OPTIONS, WHOLE, List.of(group)).outcome().metrics())
                .containsKey("completions/mean_length")
                .doesNotContainKeys("completions/mean_terminated_length", "completions/max_terminated_length");
    }

    @Test
    void cispoHasARatioOfItsOwn() {
        GrpoOptions cispo = OPTIONS.with(OPTIONS.loss().withType(LossType.CISPO));

        assertThat(train(cispo, WHOLE, groups(group("a", 1, 0))).outcome().metrics())
                .containsKey("cispo_clip_ratio")
                .doesNotContainKeys("clip_ratio/low_mean", "clip_ratio/region_mean");
    }

    private static EpisodeGroup group(String taskId, double... rewards) {
        return TestGroups.group("team", taskId, rewards);
    }

    private static List<RolloutGroup> groups(EpisodeGroup... groups) {
        var reader = new GroupReader(Map.of("team", TestGroups.TINY), Map.of("team", 0), OPTIONS.aggregation());
        return List.of(groups).stream().map(reader::read).toList();
    }

    private static Result train(GrpoOptions options, int microBatchTokens, List<RolloutGroup> groups) {
        var update = new TeamUpdate(options, microBatchTokens, 0, Double.POSITIVE_INFINITY, 4, Optional.empty());
        return TeamTraining.train(update, 3, groups, TeamTraining.sequences(groups));
    }

    private static GrpoOptions options(int iterations, boolean maskTruncated) {
        return new GrpoOptions(
                OPTIONS.loss(),
                OPTIONS.aggregation(),
                OPTIONS.scaleRewards(),
                OPTIONS.deviation(),
                OPTIONS.correction(),
                OPTIONS.entropy(),
                iterations,
                maskTruncated,
                OPTIONS.maxCompletionLength(),
                OPTIONS.overlong(),
                OPTIONS.learningRate(),
                OPTIONS.schedule(),
                OPTIONS.optimizer());
    }

    private static RolloutGroup truncated(RolloutGroup group) {
        return TeamTraining.samples(
                group,
                sample -> new Sample(
                        sample.policyId(),
                        sample.role(),
                        sample.trains(),
                        sample.sequence(),
                        sample.behaviour(),
                        true,
                        sample.provenance()));
    }

    /** The same group, recorded with other log-probabilities. */
    private static RolloutGroup withBehaviour(RolloutGroup group, float logprob) {
        return TeamTraining.samples(
                group,
                sample -> TeamTraining.recorded(sample, LogProbs.of(Collections.nCopies(sample.length(), logprob))));
    }
}
