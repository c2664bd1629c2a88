package dev.troupe.cli.score;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Makes the step that a judge takes from a line: a task, and what each of its roles completed. */
final class Completions {

    private static final Set<String> OURS = Set.of("id", "completions", "prompt", "collaboration");

    private final Target target;

    Completions(Target target) {
        this.target = target;
    }

    /** @throws RefusedLineException naming what is wrong with the line */
    Step step(ObjectNode line) throws RefusedLineException {
        String id = id(line);
        LineJson.check(line, "the line");
        Task task = Task.newBuilder()
                .setTaskId(id)
                .setEnvironment(target.environment().name())
                .setPrompt(text(line, "prompt", ""))
                .setCollaboration(text(line, "collaboration", "parallel"))
                .setFields(target.fields(ownFields(line)))
                .build();
        Map<String, String> completions = completions(line);
        List<Action> actions = new ArrayList<>();
        for (String role : roles(task, completions.keySet())) {
            actions.add(action(task, role, completions.getOrDefault(role, "")));
        }
        return new Step(task, 0, 0, List.of(actions), List.of());
    }

    private static String id(ObjectNode line) throws RefusedLineException {
        JsonNode id = line.path("id");
        if ((id.isTextual() && !id.textValue().isBlank()) || id.isIntegralNumber()) {
            return id.asText();
        }
        throw new RefusedLineException(Problem.BAD_KEY, "id must be a text or a whole number");
    }

    private static String text(ObjectNode line, String key, String absent) throws RefusedLineException {
        JsonNode value = line.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return absent;
        }
        if (!value.isTextual()) {
            throw new RefusedLineException(Problem.BAD_KEY, key + " must be a text");
        }
        return value.textValue();
    }

    /** Everything else that the line holds; what is no text goes on as JSON. */
    private static Map<String, String> ownFields(ObjectNode line) {
        var fields = new TreeMap<String, String>();
        line.properties().forEach(entry -> {
            if (!OURS.contains(entry.getKey()) && !entry.getValue().isNull()) {
                fields.put(
                        entry.getKey(),
                        entry.getValue().isTextual()
                                ? entry.getValue().textValue()
                                : entry.getValue().toString());
            }
        });
        return fields;
    }

    private static Map<String, String> completions(ObjectNode line) throws RefusedLineException {
        if (!(line.path("completions") instanceof ObjectNode byRole)) {
            throw new RefusedLineException(Problem.BAD_KEY, "completions must be an object of role to text");
        }
        var completions = new TreeMap<String, String>();
        for (var entry : byRole.properties()) {
            if (!entry.getValue().isTextual()) {
                throw new RefusedLineException(
                        Problem.BAD_KEY, "completions.%s must be a text".formatted(entry.getKey()));
            }
            completions.put(entry.getKey(), entry.getValue().textValue());
        }
        return completions;
    }

    private List<String> roles(Task task, Set<String> completed) throws RefusedLineException {
        List<String> roles;
        try {
            roles = target.environment().roles(task);
        } catch (InvalidTaskException e) {
            throw new RefusedLineException(Problem.INVALID_TASK, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            throw new RefusedLineException(
                    Problem.ENVIRONMENT_FAILED, target.environment().name() + ": " + e);
        }
        String known = String.join(", ", roles);
        for (String role : completed) {
            if (!roles.contains(role)) {
                throw new RefusedLineException(
                        Problem.UNKNOWN_ROLE, "'%s' is no role of the task; they are %s".formatted(role, known));
            }
        }
        for (String role : roles) {
            if (!completed.contains(role)) {
                throw new RefusedLineException(
                        Problem.MISSING_ROLE, "no completion of %s; the roles are %s".formatted(role, known));
            }
        }
        return roles;
    }

    /** An action without tokens: nothing was sampled here. */
    private static Action action(Task task, String role, String text) {
        return Action.newBuilder()
                .setTaskId(task.getTaskId())
                .setEpisode(0)
                .setTurn(0)
                .setRole(role)
                .setAgentId("file")
                .setPolicyId("file")
                .setText(text)
                .setPromptTokenIds(List.of())
                .setTokenIds(List.of())
                .setLogprobs(List.of())
                .setTemperature(0)
                .setVersions(List.of())
                .setFinishReason(FinishReason.STOP)
                .setStartedAt(0)
                .setFinishedAt(0)
                .build();
    }
}
