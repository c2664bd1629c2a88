package dev.troupe.cli.replay;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.terminal.JsonFile;
import dev.troupe.trainer.ReplayReport;
import dev.troupe.trainer.ReplayedVersion;
import dev.troupe.trainer.ReplayedVersion.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A replay for programs. */
final class ReplayJson {

    private ReplayJson() {}

    static void write(ReplayReport report, Path file) throws IOException {
        JsonFile.write(file, of(report));
    }

    static ObjectNode of(ReplayReport report) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("team", report.teamId())
                .put("fromVersion", report.from())
                .put("holds", report.holds())
                .put("passedOver", report.passedOver())
                .put("firstPassedOver", report.firstPassedOver().orElse(null))
                .put("endedEarly", report.ended().orElse(null));
        var versions = json.putArray("versions");
        report.versions().forEach(version -> put(versions.addObject(), version));
        return json;
    }

    private static void put(ObjectNode json, ReplayedVersion version) {
        json.put("policyId", version.policyId())
                .put("version", version.version())
                .put("step", version.step());
        switch (version.verdict()) {
            case Verdict.Equal(int files) -> json.put("verdict", "equal").put("files", files);
            case Verdict.Differs(String file, Optional<String> published, Optional<String> replayed) ->
                json.put("verdict", "differs")
                        .put("file", file)
                        .put("publishedSha256", published.orElse(null))
                        .put("replayedSha256", replayed.orElse(null));
            case Verdict.Unrecorded() -> json.put("verdict", "unrecorded");
        }
    }
}
