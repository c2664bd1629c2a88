package dev.troupe.trainer;

import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.trainer.checkpoint.Checkpoints;
import dev.troupe.trainer.kafka.GroupLog;
import dev.troupe.trainer.kafka.ReceivedGroup;
import dev.troupe.trainer.update.StepOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Gathers the groups that each step names, in log order, and takes the step when it has them all. */
final class ReplayRun implements GroupLog.Visitor<IOException> {
    private final NavigableMap<Long, TrainingStep> steps;
    private final TeamTraining training;
    private final Checkpoints copies;
    private final Consumer<ModelVersion> trained;
    private final List<ReceivedGroup> collected = new ArrayList<>();
    private final Map<Integer, Long> consumed = new TreeMap<>();
    /** How often each group of the next step is still to come. */
    private final Map<String, Integer> missing = new HashMap<>();

    private List<ModelVersion> current = List.of();
    private int passedOver;
    private Optional<String> firstPassedOver = Optional.empty();

    /** @param trained takes each version that comes out */
    ReplayRun(
            NavigableMap<Long, TrainingStep> steps,
            TeamTraining training,
            Checkpoints copies,
            Consumer<ModelVersion> trained) {
        this.steps = new TreeMap<>(steps);
        this.training = training;
        this.copies = copies;
        this.trained = trained;
        expect();
    }

    int passedOver() {
        return passedOver;
    }

    Optional<String> firstPassedOver() {
        return firstPassedOver;
    }

    /** Why there is a step that could not be taken. */
    Optional<String> ended() {
        if (steps.isEmpty()) {
            return Optional.empty();
        }
        long next = training.step() + 1;
        if (steps.firstKey() != next) {
            return Optional.of("training-steps no longer holds step %d; steps are kept for 30 days".formatted(next));
        }
        if (missing.isEmpty()) {
            return Optional.of(
                    "step %d was not taken from versions %s: somebody went back with troupe rollback. Begin with the version behind that"
                            .formatted(next, training.versionNumbers()));
        }
        return Optional.of(("%d of the groups of step %d are not in episode-groups behind those of the step before:"
                        + " groups are kept for 7 days. Begin with a later version")
                .formatted(missing.values().stream().mapToInt(count -> count).sum(), next));
    }

    @Override
    public boolean visit(Origin where, ReceivedGroup group) throws IOException {
        if (missing.isEmpty()) {
            return false;
        }
        String taskId =
                switch (group) {
                    case ReceivedGroup.Decoded(var decoded) -> decoded.getTaskId();
                    case ReceivedGroup.Malformed(Origin malformed) -> malformed.toString();
                };
        if (!missing.containsKey(taskId)) {
            passedOver++;
            firstPassedOver = firstPassedOver.or(() -> Optional.of(taskId + " at " + where));
            return true;
        }
        missing.computeIfPresent(taskId, (_, count) -> count == 1 ? null : count - 1);
        collected.add(group);
        consumed.put(where.partition(), where.offset() + 1);
        if (missing.isEmpty()) {
            take();
            expect();
        }
        return !missing.isEmpty();
    }

    private void take() throws IOException {
        try {
            StepOutcome outcome = training.train(collected);
            List<ModelVersion> versions = training.publish(outcome, consumed);
            training.advance(versions, outcome, consumed);
            current.forEach(version -> copies.remove(version.getArtifactUri()));
            current = versions;
            versions.forEach(trained);
        } catch (ArtifactException e) {
            throw new IOException("step " + (training.step() + 1) + " cannot be written: " + e.getMessage(), e);
        }
        collected.clear();
        steps.remove(training.step());
    }

    private void expect() {
        TrainingStep next = steps.get(training.step() + 1);
        if (next != null && follows(next)) {
            next.getTaskIds().forEach(this::expect);
            next.getSkipped().stream().map(SkippedGroup::getTaskId).forEach(this::expect);
        }
    }

    /** Not so when the team went back to an older version in between. */
    private boolean follows(TrainingStep next) {
        return training.versionNumbers().entrySet().stream()
                .allMatch(entry -> Objects.equals(next.getVersions().get(entry.getKey()), entry.getValue() + 1));
    }

    private void expect(String taskId) {
        missing.merge(taskId, 1, Integer::sum);
    }
}
