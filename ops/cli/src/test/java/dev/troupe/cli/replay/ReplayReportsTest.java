package dev.troupe.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.trainer.ReplayReport;
import dev.troupe.trainer.ReplayedVersion;
import dev.troupe.trainer.ReplayedVersion.Verdict;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplayReportsTest {

    private static final ReplayedVersion EQUAL = new ReplayedVersion("red", 4, 4, new Verdict.Equal(5));
    private static final ReplayedVersion OTHER = new ReplayedVersion(
            "red",
            5,
            5,
            new Verdict.Differs("model.safetensors", Optional.of("0123456789abcdef"), Optional.of("fedcba9876543210")));

    @Test
    void saysWhichFileOfWhichVersionDiffers() {
        assertThat(ReplayTable.row(EQUAL, 9)).isEqualToIgnoringNewLines("step 4 of 9  red version 4  equal, 5 files");
        assertThat(ReplayTable.row(OTHER, 9))
                .isEqualToIgnoringNewLines("step 5 of 9  red version 5  DIFFERS: model.safetensors was 0123456789ab,"
                        + " is fedcba987654");
        assertThat(ReplayTable.summary(report(List.of(EQUAL, OTHER), 0, Optional.empty())))
                .contains("version 5 of red is the first that differs");
    }

    @Test
    void saysWhatWasNotTrainedAgain() {
        assertThat(ReplayTable.summary(report(List.of(EQUAL), 0, Optional.empty())))
                .isEqualToIgnoringNewLines("replayed 1 versions, bit for bit");
        assertThat(ReplayTable.summary(report(List.of(), 0, Optional.empty()))).contains("nothing was trained after");
        assertThat(ReplayTable.summary(report(List.of(EQUAL), 2, Optional.of("gone"))))
                .contains("2 groups lie between", "t1 at episode-groups-0@7", "ended early: gone")
                .doesNotContain("bit for bit");
        var unrecorded = new ReplayedVersion("red", 1, 1, new Verdict.Unrecorded());
        assertThat(ReplayTable.row(unrecorded, 1)).contains("not compared");
    }

    @Test
    void writesTheSameForPrograms() {
        var json = ReplayJson.of(report(List.of(EQUAL, OTHER), 2, Optional.of("gone")));
        assertThat(json.at("/holds").asBoolean()).isFalse();
        assertThat(json.at("/versions/0/verdict").asText()).isEqualTo("equal");
        assertThat(json.at("/versions/1/file").asText()).isEqualTo("model.safetensors");
        assertThat(json.at("/versions/1/replayedSha256").asText()).isEqualTo("fedcba9876543210");
        assertThat(json.at("/passedOver").asInt()).isEqualTo(2);
        assertThat(json.at("/endedEarly").asText()).isEqualTo("gone");
    }

    private static ReplayReport report(List<ReplayedVersion> versions, int passedOver, Optional<String> ended) {
        return new ReplayReport(
                "red",
                3,
                versions,
                passedOver,
                passedOver == 0 ? Optional.empty() : Optional.of("t1 at episode-groups-0@7"),
                ended);
    }
}
