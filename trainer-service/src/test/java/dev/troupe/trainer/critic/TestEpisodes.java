package dev.troupe.trainer.critic;

import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.schemas.avro.VersionSpan;
import dev.troupe.trainer.rollout.Course;
import dev.troupe.trainer.rollout.Provenance;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Episodes with prompts of one's choice. */
public final class TestEpisodes {
    private TestEpisodes() {}

    /** An episode of policy {@code team}; NaN is an incomplete one. */
    public static RolloutEpisode episode(double reward, Sample... samples) {
        return new RolloutEpisode(new Course(0, 1, 0), reward, false, Map.of(), Map.of(), List.of(samples));
    }

    public static RolloutGroup group(String taskId, RolloutEpisode... episodes) {
        return new RolloutGroup(taskId, List.of(episodes), Optional.empty());
    }

    /** One token after the prompt. */
    public static Sample sample(String role, int episode, int turn, int... prompt) {
        return new Sample(
                "team",
                role,
                true,
                TrainingSequence.of(TokenIds.of(prompt), TokenIds.of(5), 1),
                LogProbs.of(List.of(-3.5f)),
                false,
                new Provenance(episode, turn, "", List.of(new VersionSpan(0, 0, 1))));
    }
}
