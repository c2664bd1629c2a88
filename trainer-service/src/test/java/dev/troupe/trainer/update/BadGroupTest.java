package dev.troupe.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.schemas.avro.VersionSpan;
import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.LossType;
import dev.troupe.trainer.rollout.GroupReader;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import dev.troupe.trainer.rollout.SkipReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with a group, it has a name, moves no weight and changes nothing for the others of its step. */
class BadGroupTest {
    private static final int NEWEST = 3;
    private static final GrpoOptions OPTIONS = GrpoOptions.defaults(1e-2);

    /**
     * A group with a fault.
     *
     * @param detail what a person must be told
     */
    record Bad(String name, SkipReason reason, String detail, EpisodeGroup group) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Bad> bad() {
        return Stream.of(
                new Bad("one episode", SkipReason.SINGLE_EPISODE, "1 of 1", group(1)),
                new Bad("one scored episode", SkipReason.SINGLE_EPISODE, "1 of 2", group(1, Double.NaN)),
                new Bad("equal rewards", SkipReason.ZERO_VARIANCE, "2 of 2", group(0.5, 0.5)),
                new Bad("no scored episode", SkipReason.ALL_INCOMPLETE, "0 of 1", group(Double.NaN)),
                new Bad("no episode", SkipReason.ALL_INCOMPLETE, "0 of 0", group()),
                score("NaN reward", SkipReason.NON_FINITE_REWARD, "reward is NaN", s -> s.setReward(Double.NaN)),
                score(
                        "infinite reward",
                        SkipReason.NON_FINITE_REWARD,
                        "reward is Infinity",
                        s -> s.setReward(Double.POSITIVE_INFINITY)),
                score("NaN speed", SkipReason.NON_FINITE_REWARD, "speed is NaN", s -> s.setSpeed(Double.NaN)),
                score("huge reward", SkipReason.REWARD_TOO_LARGE, "1.0E308", s -> s.setReward(1e308)),
                score("huge quality", SkipReason.REWARD_TOO_LARGE, "quality", s -> s.setQuality(-1e10)),
                score(
                        "huge weight",
                        SkipReason.INVALID_RECORD,
                        "weight is 1.0E300",
                        s -> s.getWeights().put("speed", 1e300)),
                action(
                        "too few log-probabilities",
                        SkipReason.LOGPROBS_MISMATCH,
                        "have 1 log-probabilities",
                        a -> a.setLogprobs(List.of(-1f))),
                action("NaN log-probability", SkipReason.INVALID_LOGPROB, "NaN", a -> logprobs(a, Float.NaN)),
                action(
                        "infinite log-probability",
                        SkipReason.INVALID_LOGPROB,
                        "-Infinity",
                        a -> logprobs(a, Float.NEGATIVE_INFINITY)),
                action("positive log-probability", SkipReason.INVALID_LOGPROB, "0.01", a -> logprobs(a, 0.01f)),
                action(
                        "token beyond the vocabulary",
                        SkipReason.TOKEN_OUTSIDE_VOCABULARY,
                        "token id 32 is outside the vocabulary of 32",
                        a -> a.getTokenIds().set(0, 32)),
                action(
                        "negative token in the prompt",
                        SkipReason.TOKEN_OUTSIDE_VOCABULARY,
                        "token id -1",
                        a -> a.getPromptTokenIds().set(0, -1)),
                action(
                        "too long",
                        SkipReason.SEQUENCE_TOO_LONG,
                        "the policy takes 64",
                        a -> a.setPromptTokenIds(Collections.nCopies(63, 2))),
                action("no prompt", SkipReason.INVALID_RECORD, "promptLength", a -> a.setPromptTokenIds(List.of())),
                action("no temperature", SkipReason.INVALID_RECORD, "temperature", a -> a.setTemperature(Double.NaN)),
                action(
                        "version of the future",
                        SkipReason.UNKNOWN_VERSION,
                        "version 4 of team was never published, the newest is 3",
                        a -> spans(a, NEWEST + 1)),
                action("negative version", SkipReason.UNKNOWN_VERSION, "version -1", a -> spans(a, -1)),
                action("no version", SkipReason.INVALID_VERSION_SPANS, "cover 0 of", a -> a.setVersions(List.of())),
                action(
                        "spans with a gap",
                        SkipReason.INVALID_VERSION_SPANS,
                        "cover 1 of",
                        a -> a.setVersions(List.of(
                                new VersionSpan(0, 0, 1),
                                new VersionSpan(1, 2, a.getTokenIds().size())))),
                action(
                        "spans beyond the end",
                        SkipReason.INVALID_VERSION_SPANS,
                        "cover 1000 of",
                        a -> a.setVersions(List.of(new VersionSpan(0, 0, 1000)))),
                episode(
                        "episode twice",
                        SkipReason.DUPLICATE_EPISODE,
                        "episode 1 is there twice",
                        e -> e.setEpisode(1)),
                episode(
                        "another task's episode",
                        SkipReason.INVALID_RECORD,
                        "of task other",
                        e -> e.setTaskId("other")),
                episode("another team's episode", SkipReason.INVALID_RECORD, "team rivals", e -> e.setTeamId("rivals")),
                new Bad(
                        "another team's policy",
                        SkipReason.NO_TRAINABLE_COMPLETION,
                        "of other policies: [rivals]",
                        TestGroups.group("rivals", "bad", 1, 0)));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void movesNoWeight(Bad bad) {
        List<RolloutGroup> groups = read(bad.group());

        Trained trained = train(OPTIONS, groups);

        assertThat(trained.logprobs()).isEqualTo(train(OPTIONS, List.of()).logprobs());
        assertThat(trained.outcome().taskIds()).isEmpty();
        assertThat(trained.outcome().broken()).isFalse();
        assertThat(trained.outcome().skipped()).singleElement().satisfies(skipped -> {
            assertThat(skipped.getReason()).isEqualTo(bad.reason().name());
            assertThat(skipped.getDetail()).contains(bad.detail());
        });
        assertThat(trained.outcome().metrics()).doesNotContainKeys("loss", "grad_norm");
    }

    @ParameterizedTest
    @MethodSource("bad")
    void changesNothingForTheOthers(Bad bad) {
        EpisodeGroup good = TestGroups.group("team", "good", 1, 0, 0.4);
        for (LossType type : List.of(LossType.DAPO, LossType.GRPO)) {
            GrpoOptions options = OPTIONS.with(OPTIONS.loss().withType(type));

            Trained with = train(options, read(bad.group(), good));
            Trained without = train(options, read(good));

            assertThat(with.logprobs()).as("%s", type).isEqualTo(without.logprobs());
            assertThat(with.outcome().taskIds()).containsExactly("good");
            assertThat(with.outcome().metrics())
                    .containsEntry("loss", without.outcome().metrics().get("loss"))
                    .containsEntry("grad_norm", without.outcome().metrics().get("grad_norm"));
        }
    }

    @Test
    void saysWhichActionIsWrong() {
        Bad bad = action("", SkipReason.INVALID_LOGPROB, "", a -> logprobs(a, 1));

        SkippedGroup skipped =
                train(OPTIONS, read(bad.group())).outcome().skipped().getFirst();

        assertThat(skipped.getDetail())
                .isEqualTo("episode 0, turn 0, role helper, agent agent: the log-probability of token 0 is 1.0;"
                        + " it must be finite and not above 0");
    }

    @Test
    void unusableGroupsAreNotCountedAsFlat() {
        Bad bad = action("", SkipReason.INVALID_LOGPROB, "", a -> logprobs(a, 1));

        assertThat(train(OPTIONS, read(bad.group(), TestGroups.group("team", "good", 1, 0)))
                        .outcome()
                        .metrics())
                .containsEntry("frac_reward_zero_std", 0.0);
    }

    /** What a step said, and what the policy says afterwards of fixed tokens, to the last bit. */
    private record Trained(StepOutcome outcome, List<List<Float>> logprobs) {}

    private static Trained train(GrpoOptions options, List<RolloutGroup> groups) {
        var policies = new TreeMap<String, TrainablePolicy>();
        try (TrainablePolicy policy = TrainablePolicy.initialize(TestGroups.TINY, 7)) {
            policies.put("team", policy);
            StepOutcome outcome = new TeamUpdate(options, 1 << 20, 0, Double.POSITIVE_INFINITY, 4, Optional.empty())
                    .apply(policies, Map.of(), Map.of("team", NEWEST), groups, 1);
            return new Trained(
                    outcome,
                    policy.logprobs(probes()).stream().map(BadGroupTest::floats).toList());
        }
    }

    private static List<TrainingSequence> probes() {
        return read(TestGroups.group("team", "probe", 1, 0)).stream()
                .flatMap(group -> group.episodes().stream())
                .map(RolloutEpisode::samples)
                .flatMap(List::stream)
                .map(Sample::sequence)
                .toList();
    }

    private static List<Float> floats(LogProbs logprobs) {
        var floats = new ArrayList<Float>();
        for (float value : logprobs.toArray()) {
            floats.add(value);
        }
        return floats;
    }

    private static List<RolloutGroup> read(EpisodeGroup... groups) {
        var reader = new GroupReader(Map.of("team", TestGroups.TINY), Map.of("team", NEWEST), OPTIONS.aggregation());
        return Arrays.stream(groups).map(reader::read).toList();
    }

    private static EpisodeGroup group(double... rewards) {
        return TestGroups.group("team", "bad", rewards);
    }

    private static Bad score(String name, SkipReason reason, String detail, Consumer<Score.Builder> change) {
        return episode(name, reason, detail, episode -> {
            var score = Score.newBuilder(episode.getScore());
            change.accept(score);
            episode.setScore(score.build());
        });
    }

    private static Bad action(String name, SkipReason reason, String detail, Consumer<Action.Builder> change) {
        return episode(name, reason, detail, episode -> {
            List<Action> actions = new ArrayList<>(episode.getSteps().getFirst().getActions());
            var action = Action.newBuilder(actions.getFirst());
            action.setTokenIds(new ArrayList<>(action.getTokenIds()));
            action.setPromptTokenIds(new ArrayList<>(action.getPromptTokenIds()));
            change.accept(action);
            actions.set(0, action.build());
            episode.getSteps().getFirst().put("actions", actions);
        });
    }

    /** A group with its first episode changed, and another that is as it should be. */
    private static Bad episode(String name, SkipReason reason, String detail, Consumer<Episode.Builder> change) {
        EpisodeGroup group = group(1, 0);
        var episode = Episode.newBuilder(group.getEpisodes().getFirst());
        change.accept(episode);
        group.getEpisodes().set(0, episode.build());
        return new Bad(name, reason, detail, group);
    }

    private static void logprobs(Action.Builder action, float value) {
        action.setLogprobs(Collections.nCopies(action.getTokenIds().size(), value));
    }

    private static void spans(Action.Builder action, int version) {
        action.setVersions(
                List.of(new VersionSpan(version, 0, action.getTokenIds().size())));
    }
}
