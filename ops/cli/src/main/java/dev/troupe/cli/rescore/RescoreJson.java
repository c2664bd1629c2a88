package dev.troupe.cli.rescore;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.terminal.JsonFile;
import dev.troupe.reward.rescore.RescoreReport;
import dev.troupe.reward.rescore.RescoreRequest;
import dev.troupe.reward.rescore.TeamChange;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The report for programs. What has no value, such as a mean of nothing, is null. */
final class RescoreJson {

    private RescoreJson() {}

    static void write(RescoreReport report, Path file) throws IOException {
        JsonFile.write(file, of(report));
    }

    static ObjectNode of(RescoreReport report) {
        RescoreRequest request = report.request();
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("run", report.runId())
                .put("environment", request.environment())
                .put("judge", request.judge())
                .put("from", request.from().toString())
                .put("to", request.to().toString())
                .put("team", request.team().orElse(null))
                .put("published", request.publish());
        ObjectNode weights = json.putObject("weights");
        request.weights().changed().forEach(weights::put);
        json.put("rejudged", report.rejudged());
        ObjectNode teams = json.putObject("teams");
        report.teams().forEach((team, change) -> put(teams.putObject(team), change));
        ObjectNode leftOut = json.putObject("leftOut");
        report.leftOut()
                .forEach((reason, omission) -> leftOut.putObject(reason.name())
                        .put("episodes", omission.episodes())
                        .put("first", omission.first()));
        return json.put("notAskedFor", report.elsewhere()).put("unreadable", report.unreadable());
    }

    private static void put(ObjectNode json, TeamChange change) {
        json.put("episodes", change.episodes())
                .put("newlyScored", change.newlyScored())
                .put("meanRewardBefore", orNull(change.meanBefore()))
                .put("meanRewardAfter", orNull(change.meanAfter()))
                .put("groups", change.groups())
                .put("bestChanged", change.bestChanged())
                .put("meanKendallTauB", orNull(change.meanTau().orElse(Double.NaN)))
                .put("rankedGroups", change.rankedGroups())
                .put("zeroVarianceBefore", change.flatBefore())
                .put("zeroVarianceAfter", change.flatAfter());
    }

    private static @Nullable Double orNull(double value) {
        return Double.isNaN(value) ? null : Double.valueOf(value);
    }
}
