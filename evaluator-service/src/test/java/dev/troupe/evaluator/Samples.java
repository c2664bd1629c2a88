package dev.troupe.evaluator;

import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Score;
import java.util.List;

/** Records as the rest of the system would publish them. */
final class Samples {

    private Samples() {}

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
        return Episode.newBuilder()
                .setTaskId(taskId)
                .setEpisode(0)
                .setEnvironment("coding")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setPurpose(Purpose.EVALUATE)
                .setStatus(EpisodeStatus.SCORED)
                .setScore(Score.newBuilder()
                        .setReward(1)
                        .setQuality(1)
                        .setSpeed(0)
                        .setCoordination(0)
                        .setPassed(passed)
                        .setTerms(List.of())
                        .build())
                .setSteps(List.of())
                .setStartedAt(0)
                .setFinishedAt(1)
                .build();
    }
}
