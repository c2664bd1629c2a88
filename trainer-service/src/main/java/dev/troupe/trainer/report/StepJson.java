package dev.troupe.trainer.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.schemas.avro.SampledCompletion;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.schemas.avro.VersionSpan;
import java.io.IOException;
import java.util.TreeMap;

/** A step as one line: the metrics at the top, as Trainer's {@code log_history} has them, and the rest beside them. */
final class StepJson {
    private static final String STEP = "step";
    private static final String FINISHED_AT = "finishedAt";

    private final ObjectMapper json = new ObjectMapper();

    /** The line without its end. */
    byte[] line(TrainingStep step) throws IOException {
        ObjectNode line = json.createObjectNode();
        line.put(STEP, step.getStep());
        line.put("teamId", step.getTeamId());
        line.put(FINISHED_AT, step.getFinishedAt());
        new TreeMap<>(step.getMetrics()).forEach(line::put);
        ObjectNode versions = line.putObject("versions");
        new TreeMap<>(step.getVersions()).forEach(versions::put);
        step.getTaskIds().forEach(line.putArray("taskIds")::add);
        var skipped = line.putArray("skipped");
        step.getSkipped().forEach(group -> skipped(skipped.addObject(), group));
        var completions = line.putArray("completions");
        step.getCompletions().forEach(completion -> completion(completions.addObject(), completion));
        return json.writeValueAsBytes(line);
    }

    private static void skipped(ObjectNode node, SkippedGroup group) {
        node.put("taskId", group.getTaskId());
        node.put("reason", group.getReason());
        node.put("detail", group.getDetail());
    }

    private static void completion(ObjectNode node, SampledCompletion completion) {
        node.put("taskId", completion.getTaskId());
        node.put("episode", completion.getEpisode());
        node.put("turn", completion.getTurn());
        node.put("role", completion.getRole());
        node.put("policyId", completion.getPolicyId());
        var versions = node.putArray("versions");
        for (VersionSpan span : completion.getVersions()) {
            versions.addObject()
                    .put("version", span.getVersion())
                    .put("start", span.getStart())
                    .put("end", span.getEnd());
        }
        node.put("text", completion.getText());
        node.put("tokens", completion.getTokens());
        node.put("truncated", completion.getTruncated());
        node.put("reward", completion.getReward());
        node.put("advantage", completion.getAdvantage());
    }

    /** @throws IOException when it is no line of {@link #line} */
    StepSink.Last last(byte[] line) throws IOException {
        var node = json.readTree(line);
        if (!node.path(STEP).isIntegralNumber() || !node.path(FINISHED_AT).isIntegralNumber()) {
            throw new IOException("its last line has no step and finishedAt");
        }
        return new StepSink.Last(
                node.path(STEP).longValue(), node.path(FINISHED_AT).longValue());
    }
}
