package dev.troupe.evaluator;

import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.Arrays;
import java.util.List;

/** Records as the rest of the system would publish them. */
public final class Samples {

    private Samples() {}

    static Task task(String id) {
        return Task.newBuilder()
                .setTaskId(id)
                .setEnvironment("coding")
                .setPrompt("Return the sum.")
                .build();
    }

    /** A benchmark b of team "team" that evaluates every tenth version and compares it with nothing. */
    static Benchmark benchmark(int samples, String... tasks) {
        return benchmark(samples, Rivals.NONE, tasks);
    }

    static Benchmark benchmark(int samples, Rivals rivals, String... tasks) {
        return new Benchmark(
                "b",
                "team",
                "parallel",
                List.of("team"),
                new Due.Every(10),
                new Draws(samples, 0.5, Draws.powersOfTwo(samples)),
                rivals,
                Arrays.stream(tasks).map(Samples::task).toList());
    }

    static ModelVersion version(String policy, int version) {
        return ModelVersion.newBuilder()
                .setPolicyId(policy)
                .setVersion(version)
                .setTeamId("team")
                .setArtifactUri("file:///nowhere")
                .setFiles(List.of())
                .setTrainingStep(version)
                .setCreatedAt(0)
                .build();
    }

    static Episode scored(String taskId, boolean passed) {
        return scored(taskId, 0, passed, passed ? 1 : 0).build();
    }

    /** An episode that took a quarter of a second and twelve tokens. */
    public static Episode.Builder scored(String taskId, int index, boolean passed, double quality, Term... terms) {
        return Episode.newBuilder()
                .setTaskId(taskId)
                .setEpisode(index)
                .setEnvironment("coding")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setPurpose(Purpose.EVALUATE)
                .setStatus(EpisodeStatus.SCORED)
                .setScore(Score.newBuilder()
                        .setReward(quality)
                        .setQuality(quality)
                        .setSpeed(0)
                        .setCoordination(0)
                        .setPassed(passed)
                        .setTerms(List.of(terms))
                        .build())
                .setSteps(List.of())
                .setCriticalPathTokens(12)
                .setStartedAt(1000)
                .setFinishedAt(1250);
    }

    public static Episode incomplete(String taskId, int index) {
        return scored(taskId, index, false, 0)
                .setStatus(EpisodeStatus.INCOMPLETE)
                .setReason("ROLE_TIMEOUT:main")
                .setScore(null)
                .build();
    }
}
