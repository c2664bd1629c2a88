package dev.troupe.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ArtifactFile;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LineageReportTest {

    private static final List<String> TASKS = List.of("b", "a\u001b[2J");

    private static Episode episode(String taskId) {
        return episode(taskId, 0);
    }

    private static Episode episode(String taskId, int number, Action... actions) {
        return Episode.newBuilder()
                .setTaskId(taskId)
                .setEpisode(number)
                .setEnvironment("coding")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setPurpose(Purpose.TRAIN)
                .setStatus(EpisodeStatus.INCOMPLETE)
                .setReason("stuck\n")
                .setSteps(actions.length == 0 ? List.of() : List.of(new EpisodeStep(0, List.of(actions), List.of())))
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

    private static Action drawn(String role, int draw, int tokens) {
        return Action.newBuilder()
                .setTaskId("b")
                .setEpisode(draw)
                .setTurn(0)
                .setRole(role)
                .setAgentId("agent-1")
                .setPolicyId("coder")
                .setText("")
                .setPromptTokenIds(List.of())
                .setTokenIds(Collections.nCopies(tokens, 1))
                .setLogprobs(Collections.nCopies(tokens, -1f))
                .setTemperature(1)
                .setVersions(List.of(new VersionSpan(2, 0, tokens)))
                .setFinishReason(FinishReason.STOP)
                .setStartedAt(0)
                .setFinishedAt(0)
                .build();
    }

    @Test
    void theTokensOfACrossedEpisodeAreTracedToTheirDraws() {
        assertThat(LineageReport.of(episode("b", 2, drawn("main", 1, 7), drawn("helper", 0, 5))))
                .containsPattern("role main +draw 1 +policy coder +version 2 +tokens 0-6  by agent-1")
                .containsPattern("role helper +draw 0 +policy coder +version 2 +tokens 0-4  by agent-1");
    }

    @Test
    void aDrawOfSeveralEpisodesIsCountedOnce() {
        List<Episode> crossed = List.of(
                episode("b", 0, drawn("main", 0, 3), drawn("helper", 0, 10)),
                episode("b", 1, drawn("main", 0, 3), drawn("helper", 1, 20)),
                episode("b", 2, drawn("main", 1, 4), drawn("helper", 0, 10)),
                episode("b", 3, drawn("main", 1, 4), drawn("helper", 1, 20)));

        assertThat(Lineage.tokensByVersion(crossed, "coder")).isEqualTo(Map.of(2, 3 + 4 + 10 + 20));
    }

    @Test
    void whatAnEpisodeSaysDoesNotSteerTheTerminal() {
        assertThat(LineageReport.of(episode("a\u001b[2J")).lines())
                .containsExactly("a\\u001b[2J episode 0 of team team: incomplete, stuck\\u000a");
    }
}
