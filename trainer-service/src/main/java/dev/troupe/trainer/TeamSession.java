package dev.troupe.trainer;

import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.trainer.checkpoint.Checkpoints;
import dev.troupe.trainer.checkpoint.LostArtifactException;
import dev.troupe.trainer.fault.StepListener;
import dev.troupe.trainer.fault.StepPoint;
import dev.troupe.trainer.kafka.ReceivedGroup;
import dev.troupe.trainer.kafka.StepWriter;
import dev.troupe.trainer.kafka.VersionLog;
import dev.troupe.trainer.update.StepOutcome;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A team's training from one opening to the next failure or close. All its state comes from the log and the artifact
 * store, and a step becomes visible in one transaction, so that closing a session anywhere and opening another is the
 * same as never having stopped. Owned by one thread.
 */
final class TeamSession implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TeamSession.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Team team;
    private final TrainerOptions options;
    private final TeamLink link;
    private final Checkpoints checkpoints;
    private final InstantSource clock;
    private final StepListener listener;
    private final TeamTraining training;

    private final List<ReceivedGroup> collected = new ArrayList<>();
    private long waitingSince = System.nanoTime();

    TeamSession(
            Team team,
            TrainerOptions options,
            TeamLink link,
            Checkpoints checkpoints,
            InstantSource clock,
            StepListener listener) {
        this.team = team;
        this.options = options;
        this.link = link;
        this.checkpoints = checkpoints;
        this.clock = clock;
        this.listener = listener;
        this.training = new TeamTraining(team, options, checkpoints, clock);
    }

    /** Fences other trainers of the team, then takes up training where the last committed step left it. */
    void open() throws IOException, ArtifactException {
        StepWriter writer = link.writer();
        writer.open();
        VersionLog versions = link.versions();
        versions.read();
        publishFirstVersions(writer, versions);
        for (String policyId : team.policyIds()) {
            restore(versions.newest(policyId).orElseThrow());
        }
        long committed = link.feed().open(training.step(), training.consumed(), options.acceptOffsetReset());
        if (versions.step() < committed) {
            throw new IOException("step " + committed + " is committed, but model-versions shows only step "
                    + versions.step() + ": another transaction on it is still open");
        }
        for (String policyId : team.policyIds()) {
            checkpoints.removeOrphans(policyId, versions.history(policyId), clock.instant());
        }
        LOGGER.atInfo()
                .addKeyValue("teamId", team.teamId())
                .addKeyValue("step", step())
                .addKeyValue("policyVersion", training.versionNumbers())
                .log("trainer is ready");
    }

    private void publishFirstVersions(StepWriter writer, VersionLog versions) throws IOException, ArtifactException {
        var first = new ArrayList<ModelVersion>();
        for (String policyId : team.policyIds()) {
            if (versions.newest(policyId).isEmpty()) {
                Artifact artifact = checkpoints.publishInitial(policyId, options.initialCheckpoint(policyId));
                first.add(ModelVersion.newBuilder()
                        .setPolicyId(policyId)
                        .setVersion(0)
                        .setParent(null)
                        .setTeamId(team.teamId())
                        .setArtifactUri(artifact.uri())
                        .setFiles(artifact.files())
                        .setTrainingStep(0)
                        .setCreatedAt(clock.millis())
                        .build());
            }
        }
        if (!first.isEmpty()) {
            writer.publish(first);
            checkpoints.committed(first);
            first.forEach(versions::add);
        }
    }

    private void restore(ModelVersion newest) throws IOException {
        try {
            training.restore(List.of(newest));
        } catch (ArtifactException e) {
            // Asking a store that is away for each version would take for ever.
            throw new LostArtifactException(
                    newest,
                    e.isAway()
                            ? Optional.empty()
                            : checkpoints.newestWhole(link.versions().history(newest.getPolicyId())),
                    e);
        }
    }

    /** Steps committed by this team so far. */
    long step() {
        return training.step();
    }

    boolean finished() {
        return options.maxSteps() > 0 && step() >= options.maxSteps();
    }

    /**
     * Collects the groups of a step, trains and writes the checkpoints.
     *
     * @return empty when {@code closing} became true first
     */
    Optional<PreparedStep> prepare(BooleanSupplier closing) throws IOException, ArtifactException {
        while (collected.size() < options.groupsPerStep()) {
            if (closing.getAsBoolean()) {
                return Optional.empty();
            }
            link.feed().next(POLL).ifPresent(collected::add);
        }
        long step = step() + 1;
        listener.reached(StepPoint.GROUPS_COLLECTED, step);
        long started = System.nanoTime();
        double waited = seconds(waitingSince, started);
        StepOutcome outcome = training.train(collected);
        listener.reached(StepPoint.WEIGHTS_UPDATED, step);
        long trained = System.nanoTime();
        List<ModelVersion> versions = training.publish(outcome, link.feed().consumed());
        long published = System.nanoTime();
        var metrics = new TreeMap<>(outcome.metrics());
        metrics.put("step_time", seconds(started, published));
        metrics.put("model/publish_s", seconds(trained, published));
        metrics.put("perf/rollout_wait_s", waited);
        metrics.put(
                "perf/trained_tok_s_wall_clock",
                metrics.getOrDefault("batch/trained_tokens_per_step", 0.0) / seconds(waitingSince, published));
        metrics.put("num_tokens", (double) (training.numTokens() + outcome.tokens()));
        var row = TrainingStep.newBuilder()
                .setTeamId(team.teamId())
                .setStep(step)
                .setVersions(versions.stream()
                        .collect(Collectors.toMap(ModelVersion::getPolicyId, ModelVersion::getVersion)))
                .setMetrics(metrics)
                .setTaskIds(outcome.taskIds())
                .setSkipped(outcome.skipped())
                .setFinishedAt(clock.millis())
                .setCompletions(outcome.completions())
                .build();
        return Optional.of(new PreparedStep(row, versions, outcome));
    }

    /** Makes a step visible: offsets, step and versions in one transaction. */
    void commit(PreparedStep prepared) {
        link.writer().commit(link.feed(), prepared.trainingStep(), prepared.versions());
        collected.clear();
        training.advance(prepared.versions(), prepared.outcome(), link.feed().consumed());
        waitingSince = System.nanoTime();
        prepared.versions().forEach(link.versions()::add);
        checkpoints.committed(prepared.versions());
        prune();
        listener.reached(StepPoint.PRUNED, step());
    }

    /** Once it is known who needs what; a step later does as well. */
    private void prune() {
        if (!link.uses().complete()) {
            return;
        }
        for (String policyId : team.policyIds()) {
            NavigableMap<Integer, ModelVersion> history = link.versions().history(policyId);
            checkpoints.prune(
                    history, options.retention().removable(history, link.uses().of(policyId), clock.instant()));
        }
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }

    /** Drops what is not committed. */
    @Override
    public void close() {
        training.close();
        link.close();
    }
}
