package dev.troupe.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final String[] ARMS = {"untrained", "single", "singleTrained", "trained"};

    @TempDir
    Path directory;

    private JsonNode json(Report report) throws IOException {
        Path file = directory.resolve("report.json");
        report.writeJson(file);
        return new ObjectMapper().readTree(file.toFile());
    }

    @Test
    void theJsonHasTheRunAndAnObjectForEachArm() throws IOException {
        JsonNode json = json(Records.report("coding"));
        assertThat(json.fieldNames())
                .toIterable()
                .contains("environment", "seed", "wallSeconds", "modelVersions")
                .contains(ARMS)
                .isSubsetOf(
                        "environment",
                        "seed",
                        "wallSeconds",
                        "modelVersions",
                        "versionsPlayed",
                        "untrained",
                        "single",
                        "singleTrained",
                        "trained");
        assertThat(json.get("environment").asText()).isEqualTo("coding");
        assertThat(json.get("seed").asLong()).isEqualTo(7);
        assertThat(json.get("wallSeconds").asDouble()).isEqualTo(81.5);
        assertThat(json.get("modelVersions").asInt()).isEqualTo(40);
        for (String arm : ARMS) {
            assertThat(json.get(arm).fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrder("passRate", "criticalPathTokens", "wallMillisPerTask", "messageTokens");
        }
        assertThat(json.get("trained").get("passRate").asDouble()).isEqualTo(0.75);
    }

    @Test
    void writingIsMeasuredByConsistency() throws IOException {
        JsonNode trained = json(Records.report("writing")).get("trained");
        assertThat(trained.has("passRate")).isFalse();
        assertThat(trained.get("consistency").asDouble()).isEqualTo(0.75);
    }

    @Test
    void theTableShowsEveryArm() {
        String table = Records.report("coding").table();
        assertThat(table.lines())
                .anyMatch(line -> line.startsWith("untrained team ") && line.contains("0.0 % [-10.0, 10.0]"))
                .anyMatch(line -> line.startsWith("single, untrained ") && line.contains("25.0 %"))
                .anyMatch(line -> line.startsWith("single, trained ") && line.contains("50.0 %"))
                .anyMatch(line -> line.startsWith("trained team ") && line.contains("75.0 %") && line.contains("12.5"));
        assertThat(table)
                .contains("pass rate")
                .contains("40 model versions")
                .contains("39")
                .contains("82 s");
    }

    @Test
    void anArmWithoutEvaluationIsShownAsMissing() throws IOException {
        var report = new Report("coding", 1, 1, 0, 0, Map.of());
        assertThat(report.table().lines()).anyMatch(line -> line.startsWith("trained team ") && line.contains(" - "));
        assertThat(json(report).get("trained")).isEmpty();
    }

    @Test
    void thePictureIsAPngOfBothCharts() throws IOException {
        Path png = directory.resolve("learning.png");
        Picture.write(
                png,
                Records.report("coding"),
                Map.of(
                        Contest.TEAM,
                        List.of(Records.step(Contest.TEAM, 1, 0.2), Records.step(Contest.TEAM, 2, Double.NaN)),
                        Contest.SINGLE,
                        List.of()));
        assertThat(Files.size(png)).isLessThan(500_000);
        var image = ImageIO.read(png.toFile());
        assertThat(image.getWidth()).isGreaterThan(image.getHeight());
    }
}
