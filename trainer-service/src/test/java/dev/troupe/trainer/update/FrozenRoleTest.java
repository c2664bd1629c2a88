package dev.troupe.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.JointMode;
import dev.troupe.trainer.grpo.LossType;
import dev.troupe.trainer.grpo.ScaleRewards;
import dev.troupe.trainer.rollout.GroupReader;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.SkipReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With the other roles frozen, what is left is single-agent GRPO on the same completions and rewards. */
class FrozenRoleTest {
    private static final Map<String, DecoderConfig> POLICIES = Map.of("h", TestGroups.TINY, "m", TestGroups.TINY);
    private static final List<EpisodeGroup> GROUPS = List.of(
            TestGroups.group("team", "a", 1, 0, Double.NaN, 0.4),
            TestGroups.group("team", "b", 0.2, 0.9, 0.9, 0.1),
            TestGroups.group("team", "c", 0.5, 0.5, 0.5, 0.5));

    @ParameterizedTest
    @CsvSource({"DAPO,GROUP", "DAPO,BATCH", "GRPO,GROUP", "DR_GRPO,NONE", "REINFORCE,RLOO", "BNPO,GROUP"})
    void theOtherLearnsAsIfItWereAlone(LossType type, ScaleRewards scale, @TempDir Path directory) throws IOException {
        GrpoOptions options = options(type, scale);
        List<EpisodeGroup> together = changed(FrozenRoleTest::byRole);
        List<EpisodeGroup> alone = changed(actions ->
                byRole(actions).stream().filter(FrozenRoleTest::isMain).toList());

        byte[] frozen = train(options, read(together, Set.of("helper")), "m", directory);

        assertThat(frozen)
                .isEqualTo(train(options, read(alone, Set.of()), "m", directory))
                .isNotEqualTo(train(options, List.of(), "m", directory));
    }

    @Test
    void aSharedPolicyLearnsFromTheRoleThatIsLeft(@TempDir Path directory) throws IOException {
        GrpoOptions options = options(LossType.DAPO, ScaleRewards.GROUP);
        List<EpisodeGroup> together = changed(actions -> played(actions, _ -> "m"));
        List<EpisodeGroup> alone = changed(actions -> played(actions, _ -> "m").stream()
                .filter(FrozenRoleTest::isMain)
                .toList());

        byte[] both = train(options, read(together, Set.of()), "m", directory);

        assertThat(train(options, read(together, Set.of("helper")), "m", directory))
                .isEqualTo(train(options, read(alone, Set.of()), "m", directory))
                .isNotEqualTo(both);
    }

    @Test
    void aGroupOfFrozenRolesAloneTeachesNothing() {
        List<RolloutGroup> groups = read(GROUPS.subList(0, 1), Set.of("helper", "main"));

        assertThat(groups.getFirst().skip()).contains(SkipReason.NO_TRAINABLE_COMPLETION);
    }

    private static GrpoOptions options(LossType type, ScaleRewards scale) {
        GrpoOptions defaults = GrpoOptions.defaults(1e-2);
        return new GrpoOptions(
                defaults.loss().withType(type),
                defaults.aggregation(),
                scale,
                defaults.deviation(),
                defaults.correction(),
                defaults.entropy(),
                2,
                false,
                defaults.maxCompletionLength(),
                defaults.overlong(),
                defaults.learningRate(),
                defaults.schedule(),
                defaults.optimizer());
    }

    private static boolean isMain(Action action) {
        return action.getRole().equals("main");
    }

    private static List<Action> byRole(List<Action> actions) {
        return played(actions, action -> isMain(action) ? "m" : "h");
    }

    private static List<Action> played(List<Action> actions, Function<Action, String> policy) {
        return actions.stream()
                .map(action -> Action.newBuilder(action)
                        .setPolicyId(policy.apply(action))
                        .build())
                .toList();
    }

    private static List<EpisodeGroup> changed(UnaryOperator<List<Action>> change) {
        return GROUPS.stream()
                .map(group -> {
                    EpisodeGroup copy = EpisodeGroup.newBuilder(group).build();
                    copy.getEpisodes()
                            .forEach(episode -> episode.getSteps()
                                    .replaceAll(step -> new EpisodeStep(
                                            step.getTurn(), change.apply(step.getActions()), step.getMessages())));
                    return copy;
                })
                .toList();
    }

    private static List<RolloutGroup> read(List<EpisodeGroup> groups, Set<String> frozen) {
        var policies = new TreeMap<>(POLICIES);
        policies.put("team", TestGroups.TINY);
        var reader = new GroupReader(
                policies, Map.of(), GrpoOptions.defaults(0).aggregation(), JointMode.ALIGNED, frozen, false);
        return groups.stream().map(reader::read).toList();
    }

    /** The weights of a policy after a step. */
    private static byte[] train(GrpoOptions options, List<RolloutGroup> groups, String policyId, Path directory)
            throws IOException {
        var policies = new TreeMap<String, TrainablePolicy>();
        try (TrainablePolicy policy = TrainablePolicy.initialize(TestGroups.TINY, 7)) {
            policies.put(policyId, policy);
            new TeamUpdate(options, 40, 0).apply(policies, Map.of(), Map.of(), groups, 1);
            policy.save(directory);
            return Files.readAllBytes(directory.resolve("model.safetensors"));
        }
    }
}
