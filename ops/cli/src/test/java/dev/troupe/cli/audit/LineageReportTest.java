package dev.troupe.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.ArtifactFile;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.TrainingStep;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LineageReportTest {

    private static final List<String> TASKS = List.of("b", "a\u001b[2J");

    private static Episode episode(String taskId) {
        return Episode.newBuilder()
                .setTaskId(taskId)
                .setEpisode(0)
                .setEnvironment("coding")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setPurpose(Purpose.TRAIN)
                .setStatus(EpisodeStatus.INCOMPLETE)
                .setReason("stuck\n")
                .setSteps(List.of())
                .setStartedAt(0)
                .setFinishedAt(1)
                .build();
    }

    @Test
    void aVersionIsTracedToFilesAndTasks() {
        var version = ModelVersion.newBuilder()
                .setPolicyId("coder")
                .setVersion(3)
                .setParent(2)
                .setTeamId("team")
                .setArtifactUri("file:///3")
                .setFiles(List.of(new ArtifactFile("config.json", "00ff", 1L)))
                .setTrainingStep(7)
                .setTaskIds(TASKS)
                .setCreatedAt(0)
                .build();

        assertThat(LineageReport.of(version, List.of(episode("b"))))
                .contains("coder version 3: from version 2, step 7 of team team, file:///3", "00ff  config.json")
                .contains("trained on 2 tasks", "a\\u001b[2J")
                .containsPattern("b +1 episodes");
    }

    @Test
    void aCompactedVersionIsTracedByItsStep() {
        var step = TrainingStep.newBuilder()
                .setTeamId("team")
                .setStep(7)
                .setVersions(Map.of("coder", 3))
                .setMetrics(Map.of())
                .setTaskIds(TASKS)
                .setSkipped(List.of())
                .setFinishedAt(1)
                .build();

        assertThat(LineageReport.of(step, "coder", 3, List.of(episode("b"))))
                .contains("coder version 3: step 7 of team team", "model-versions is compacted after 7 days")
                .contains("trained on 2 tasks", "a\\u001b[2J")
                .containsPattern("b +1 episodes");
        assertThat(LineageReport.missing("coder", 3)).contains("'coder'", "version 3", "after 7 days", "kept 30 days");
    }

    @Test
    void whatAnEpisodeSaysDoesNotSteerTheTerminal() {
        assertThat(LineageReport.of(episode("a\u001b[2J")).lines())
                .containsExactly("a\\u001b[2J episode 0 of team team: incomplete, stuck\\u000a");
    }
}
