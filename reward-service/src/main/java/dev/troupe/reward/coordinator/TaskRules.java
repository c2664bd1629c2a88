package dev.troupe.reward.coordinator;

import dev.troupe.reward.collaboration.Collaboration;
import dev.troupe.reward.containment.Containment;
import dev.troupe.reward.containment.OverdueException;
import dev.troupe.reward.coordinator.EpisodeState.Acting;
import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Task;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Which tasks can be played, and what the first observations of one are. */
final class TaskRules {

    static final int MAX_GENERATIONS = 64;
    static final int MAX_TURNS = 8;
    static final int MAX_COMPLETION_LENGTH = 1 << 16;

    /** UTF-8 bytes of a prompt. */
    static final int MAX_PROMPT_BYTES = 256 << 10;

    /** Bytes of a whole task record; looked at before anything is decoded. */
    static final int MAX_TASK_BYTES = 1 << 20;

    /** Bytes of key, value and headers of a task record; a task that waits is stored with all of them. */
    static final int MAX_TASK_RECORD_BYTES = MAX_TASK_BYTES + (256 << 10);

    /** Of all first observations together; a topic takes records of twice as many bytes. */
    static final int MAX_OPENING_CHARACTERS = 4 << 20;

    private static final int MAX_ID_LENGTH = 256;
    private static final String FINITE = "the smallest and the largest finite number";

    private final Environments environments;
    private final CoordinatorOptions options;
    private final Containment containment;

    TaskRules(Environments environments, CoordinatorOptions options, Containment containment) {
        this.environments = environments;
        this.options = options;
        this.containment = containment;
    }

    /** What became of a task. */
    sealed interface Ruling {
        /**
         * @param task with sampling, turns and number of episodes filled in
         * @param roles everyone who plays
         * @param opening the first observation of each role that acts in the first turn
         */
        record Playable(Task task, List<String> roles, List<RoleObservation> opening) implements Ruling {}

        record Refused(DeadLetterReason reason, String message) implements Ruling {}
    }

    /** @param key the record key as text, null when there is none */
    Ruling check(@Nullable String key, Task task) {
        Optional<String> problem = identity(task).or(() -> bounds(task));
        if (problem.isPresent()) {
            return invalid(problem.get());
        }
        if (!task.getTaskId().equals(key)) {
            return new Ruling.Refused(
                    DeadLetterReason.WRONG_KEY,
                    "the record key is %s, the taskId '%s'; produce with key = taskId"
                            .formatted(key == null ? "missing" : "'" + key + "'", task.getTaskId()));
        }
        if (task.getPrompt().isBlank()) {
            return new Ruling.Refused(DeadLetterReason.EMPTY_PROMPT, "the prompt is empty; say what is to be done");
        }
        int bytes = task.getPrompt().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_PROMPT_BYTES) {
            return new Ruling.Refused(
                    DeadLetterReason.TOO_LARGE,
                    "the prompt has %d bytes, at most %d are taken".formatted(bytes, MAX_PROMPT_BYTES));
        }
        return environments
                .find(task.getEnvironment())
                .map(environment -> begin(environment, task))
                .orElseGet(() -> new Ruling.Refused(
                        DeadLetterReason.UNKNOWN_ENVIRONMENT,
                        "no environment is named '%s'; there are %s".formatted(task.getEnvironment(), environments)));
    }

    /** The stream's own thread waits for a plug-in no longer than it may, and does not end of what that throws. */
    private Ruling begin(Environment environment, Task task) {
        String named = task.getEnvironment();
        try {
            return containment.call(named, () -> opened(environment, task));
        } catch (OverdueException e) {
            return invalid(String.valueOf(e.getMessage()));
        } catch (ExecutionException e) {
            // A plug-in's bug must not stop the tasks behind this one.
            return e.getCause() instanceof InvalidTaskException refusal
                    ? invalid(String.valueOf(refusal.getMessage()))
                    : invalid("environment '%s' failed: %s".formatted(named, e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while environment '%s' opened a task".formatted(named), e);
        }
    }

    private Ruling opened(Environment environment, Task task) throws InvalidTaskException {
        Collaboration collaboration = Collaboration.of(environment, task);
        List<String> roles = collaboration.roles();
        Task playable = StepRecords.filled(task, collaboration, options);
        if (playable.getMaxTurns() > MAX_TURNS) {
            return invalid("a %s of the roles %s takes %d turns, at most %d are played"
                    .formatted(task.getCollaboration(), roles, playable.getMaxTurns(), MAX_TURNS));
        }
        List<RoleObservation> opening = List.copyOf(collaboration.begin(playable));
        int characters = opening.stream()
                .flatMap(observation -> observation.getPrompt().stream())
                .mapToInt(message -> message.getContent().length())
                .sum();
        if (characters > MAX_OPENING_CHARACTERS) {
            return invalid("environment '%s' opens with %d characters, at most %d are dealt"
                    .formatted(task.getEnvironment(), characters, MAX_OPENING_CHARACTERS));
        }
        if (!Acting.fits(opening, roles)) {
            return invalid("environment '%s' does not open for its roles %s".formatted(task.getEnvironment(), roles));
        }
        return crossing(playable, roles, opening)
                .<Ruling>map(TaskRules::invalid)
                .orElseGet(() -> new Ruling.Playable(playable, roles, opening));
    }

    private static Optional<String> crossing(Task task, List<String> roles, List<RoleObservation> opening) {
        return JointMode.crosses(task) ? JointMode.problem(task, roles.size(), opening.size()) : Optional.empty();
    }

    private static Optional<String> identity(Task task) {
        String id = task.getTaskId();
        if (id.isBlank() || id.length() > MAX_ID_LENGTH) {
            return Optional.of("taskId must have 1 to %d characters, not %d".formatted(MAX_ID_LENGTH, id.length()));
        }
        return teamProblem(task.getTeamId());
    }

    /** What is wrong with a team's id, if anything; stores split their keys at the character it must not have. */
    static Optional<String> teamProblem(String team) {
        return team.isBlank() || team.length() > MAX_ID_LENGTH || team.indexOf('\0') >= 0
                ? Optional.of("teamId must have 1 to %d printable characters".formatted(MAX_ID_LENGTH))
                : Optional.empty();
    }

    private static Optional<String> bounds(Task task) {
        if (task.getNumGenerations() < 0 || task.getNumGenerations() > MAX_GENERATIONS) {
            return outside("numGenerations", task.getNumGenerations(), "1 and " + MAX_GENERATIONS + ", or 0");
        }
        if (task.getMaxTurns() < 1 || task.getMaxTurns() > MAX_TURNS) {
            return outside("maxTurns", task.getMaxTurns(), "1 and " + MAX_TURNS);
        }
        for (var pin : task.getPolicyVersions().entrySet()) {
            if (pin.getValue() < 0) {
                return outside("policyVersions." + pin.getKey(), pin.getValue(), "0 and the newest version");
            }
        }
        RewardWeights weights = task.getWeights();
        Sampling sampling = task.getSampling();
        return JointMode.problem(task.getJointMode())
                .or(() -> weights == null ? Optional.empty() : bounds(weights))
                .or(() -> sampling == null ? Optional.empty() : bounds(sampling));
    }

    private static Optional<String> bounds(RewardWeights weights) {
        if (!Double.isFinite(weights.getQuality())) {
            return outside("weights.quality", weights.getQuality(), FINITE);
        }
        if (!Double.isFinite(weights.getSpeed())) {
            return outside("weights.speed", weights.getSpeed(), FINITE);
        }
        return Double.isFinite(weights.getCoordination())
                ? Optional.empty()
                : outside("weights.coordination", weights.getCoordination(), FINITE);
    }

    private static Optional<String> bounds(Sampling sampling) {
        if (!(sampling.getTemperature() >= 0 && sampling.getTemperature() <= 100)) {
            return outside("sampling.temperature", sampling.getTemperature(), "0 and 100");
        }
        if (!(sampling.getTopP() > 0 && sampling.getTopP() <= 1)) {
            return outside("sampling.topP", sampling.getTopP(), "0 (excluded) and 1");
        }
        if (sampling.getTopK() < 0) {
            return outside("sampling.topK", sampling.getTopK(), "0 and the size of the vocabulary");
        }
        int length = sampling.getMaxCompletionLength();
        return length < 0 || length > MAX_COMPLETION_LENGTH
                ? outside("sampling.maxCompletionLength", length, "0 and " + MAX_COMPLETION_LENGTH)
                : Optional.empty();
    }

    private static Optional<String> outside(String field, Object value, String bounds) {
        return Optional.of("%s is %s, it must be between %s".formatted(field, value, bounds));
    }

    private static Ruling.Refused invalid(String message) {
        return new Ruling.Refused(DeadLetterReason.INVALID_TASK, message);
    }
}
