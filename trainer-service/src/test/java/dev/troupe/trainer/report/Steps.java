package dev.troupe.trainer.report;

import dev.troupe.schemas.avro.SampledCompletion;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.List;
import java.util.Map;

/** Training steps as the topic has them. */
final class Steps {
    private Steps() {}

    /** A step of the team "crew", one second after the one before. */
    static TrainingStep step(long step) {
        return step("crew", step, 1_790_000_000_000L + 1_000 * step);
    }

    static TrainingStep step(String teamId, long step, long finishedAt) {
        return TrainingStep.newBuilder()
                .setTeamId(teamId)
                .setStep(step)
                .setVersions(Map.of("crew", (int) step))
                .setMetrics(Map.of("loss", -0.25 * step, "reward", 0.5, "completions/mean_length", 12.0))
                .setTaskIds(List.of("t" + step))
                .setSkipped(List.of(SkippedGroup.newBuilder()
                        .setTaskId("flat")
                        .setReason("ZERO_VARIANCE")
                        .setDetail("8 of 8 episodes are scored")
                        .build()))
                .setFinishedAt(finishedAt)
                .setCompletions(List.of(SampledCompletion.newBuilder()
                        .setTaskId("t" + step)
                        .setEpisode(2)
                        .setTurn(0)
                        .setRole("main")
                        .setPolicyId("crew")
                        .setVersions(List.of(new VersionSpan(3, 0, 5), new VersionSpan(4, 5, 9)))
                        .setText("def f(x):\n    return x * 2  # \"größer\" <b>")
                        .setTokens(9)
                        .setTruncated(false)
                        .setReward(0.75)
                        .setAdvantage(1.5)
                        .build()))
                .build();
    }
}
