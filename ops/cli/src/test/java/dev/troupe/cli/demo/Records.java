package dev.troupe.cli.demo;

import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Metric;
import dev.troupe.schemas.avro.TrainingStep;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Records as the topics hold them, with made-up numbers. */
final class Records {

    private Records() {}

    static Report report(String environment) {
        var arms = new EnumMap<Arm, Evaluation>(Arm.class);
        for (Arm arm : Arm.values()) {
            arms.put(arm, evaluation(environment, 0.25 * arm.ordinal()));
        }
        return new Report(environment, 7, 81.5, 40, 39, arms);
    }

    private static Evaluation evaluation(String environment, double mean) {
        return Evaluation.newBuilder()
                .setBenchmark("team")
                .setEnvironment(environment)
                .setTeamId("team")
                .setCollaboration("parallel")
                .setVersions(Map.of("team", 40))
                .setMetrics(Map.of(
                        environment.equals("writing") ? "consistency" : "passRate",
                        metric(mean),
                        "criticalPathTokens",
                        metric(31),
                        "wallMillisPerTask",
                        metric(12.5),
                        "messageTokens",
                        metric(4)))
                .setTasks(60)
                .setIncomplete(0)
                .setFinishedAt(1)
                .build();
    }

    private static Metric metric(double mean) {
        return Metric.newBuilder()
                .setMean(mean)
                .setLow(mean - 0.1)
                .setHigh(mean + 0.1)
                .setCount(60)
                .build();
    }

    static TrainingStep step(Contest contest, int number, double reward) {
        return TrainingStep.newBuilder()
                .setTeamId(contest.teamId())
                .setStep(number)
                .setVersions(Map.of(contest.teamId(), number))
                .setMetrics(Map.of("reward", reward, "episode/passed_mean", 0.5))
                .setTaskIds(List.of())
                .setSkipped(List.of())
                .setFinishedAt(1)
                .build();
    }
}
