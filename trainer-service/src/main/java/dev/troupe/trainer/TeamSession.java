package dev.troupe.trainer;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.trainer.checkpoint.Checkpoints;
import dev.troupe.trainer.checkpoint.TrainingState;
import dev.troupe.trainer.critic.CentralizedCritic;
import dev.troupe.trainer.kafka.ReceivedGroup;
import dev.troupe.trainer.kafka.StepWriter;
import dev.troupe.trainer.kafka.VersionLog;
import dev.troupe.trainer.rollout.GroupReader;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.SkipReason;
import dev.troupe.trainer.update.StepOutcome;
import dev.troupe.trainer.update.TeamUpdate;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A team's training from one opening to the next failure or close. All its state comes from the log and the artifact
 * store, and of the reference policy from the initial checkpoint, and a step becomes visible in one transaction, so
 * that closing a session anywhere and opening another is the same as never having stopped. Owned by one thread.
 */
final class TeamSession implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TeamSession.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Team team;
    private final TrainerOptions options;
    private final TeamLink link;
    private final Checkpoints checkpoints;
    private final InstantSource clock;
    private final Optional<CentralizedCritic> critic;
    private final Optional<CriticKeeper> criticKeeper;
    private final TeamUpdate update;
    /** Those that learn. */
    private final TreeMap<String, TrainablePolicy> policies = new TreeMap<>();
    /** Of all policies of the team. */
    private final TreeMap<String, DecoderConfig> configs = new TreeMap<>();
    /** What beta holds on to: the initial checkpoint, as in TRL. */
    private final TreeMap<String, TrainablePolicy> references = new TreeMap<>();

    private final List<ReceivedGroup> collected = new ArrayList<>();
    private long waitingSince = System.nanoTime();
    private long step;
    private long numTokens;

    TeamSession(Team team, TrainerOptions options, TeamLink link, Checkpoints checkpoints, InstantSource clock) {
        this.team = team;
        this.options = options;
        this.link = link;
        this.checkpoints = checkpoints;
        this.clock = clock;
        this.critic = options.critic()
                .map(found -> new CentralizedCritic(found, options.compute().device()));
        this.update = new TeamUpdate(options.grpo(), options.microBatchTokens(), options.maxSteps(), critic);
        this.criticKeeper = critic.map(kept -> new CriticKeeper(
                team,
                checkpoints,
                kept,
                options.initialCheckpoint(team.policyIds().getFirst())));
    }

    /** Fences other trainers of the team, then takes up training where the last committed step left it. */
    void open() throws IOException, ArtifactException {
        StepWriter writer = link.writer();
        writer.open();
        long committed = link.feed().open();
        VersionLog versions = link.versions();
        versions.read();
        if (versions.step() < committed) {
            throw new IOException("step " + committed + " is committed, but model-versions shows only step "
                    + versions.step() + ": another transaction on it is still open");
        }
        publishFirstVersions(writer, versions);
        for (String policyId : team.policyIds()) {
            ModelVersion newest = versions.newest(policyId).orElseThrow();
            if (!team.learning().contains(policyId)) {
                describe(newest);
                continue;
            }
            restore(newest);
            if (options.grpo().loss().beta() != 0) {
                references.put(policyId, reference(policyId));
            }
        }
        restoreCritic();
        LOGGER.atInfo()
                .addKeyValue("teamId", team.teamId())
                .addKeyValue("step", step)
                .addKeyValue("policyVersion", versionNumbers())
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
            first.forEach(versions::add);
        }
    }

    private TrainablePolicy reference(String policyId) throws IOException {
        TrainablePolicy reference = TrainablePolicy.load(options.initialCheckpoint(policyId), options.compute());
        DecoderConfig trained = requireNonNull(policies.get(policyId)).config();
        if (!reference.config().equals(trained)) {
            reference.close();
            throw new IOException("grpo.beta is not 0, and its reference policy in %s has another config than %s;"
                            .formatted(options.initialCheckpoint(policyId), policyId)
                    + " set trainer.initial.checkpoint to where training began, or grpo.beta to 0");
        }
        return reference;
    }

    private void restore(ModelVersion version) throws IOException, ArtifactException {
        Checkpoints.Restored restored = checkpoints.restore(version);
        TrainablePolicy replaced = policies.put(version.getPolicyId(), restored.policy());
        if (replaced != null) {
            replaced.close();
        }
        resume(version, restored.policy().config(), restored.state());
    }

    private void restoreCritic() throws IOException, ArtifactException {
        if (criticKeeper.isPresent()) {
            criticKeeper.get().restore(link.versions(), configs);
        }
    }

    /** A policy that does not learn has its say in how far training is: it may have learnt before. */
    private void describe(ModelVersion version) throws IOException, ArtifactException {
        Checkpoints.Described described = checkpoints.describe(version);
        resume(version, described.config(), described.state());
    }

    private void resume(ModelVersion version, DecoderConfig config, TrainingState state) {
        configs.put(version.getPolicyId(), config);
        step = Math.max(step, version.getTrainingStep());
        numTokens = Math.max(numTokens, state.numTokens());
    }

    /** Steps committed by this team so far. */
    long step() {
        return step;
    }

    boolean finished() {
        return options.maxSteps() > 0 && step >= options.maxSteps();
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
        long started = System.nanoTime();
        double waited = seconds(waitingSince, started);
        StepOutcome outcome = update.apply(policies, references, versionNumbers(), rollouts(), step + 1);
        if (outcome.broken()) {
            LOGGER.atWarn()
                    .addKeyValue("teamId", team.teamId())
                    .addKeyValue("step", step + 1)
                    .log("step was not applied: loss or gradient is not finite");
            for (String policyId : team.learning()) {
                restore(link.versions().newest(policyId).orElseThrow());
            }
            restoreCritic();
        }
        long trained = System.nanoTime();
        List<ModelVersion> versions = publish(outcome);
        long published = System.nanoTime();
        var metrics = new TreeMap<>(outcome.metrics());
        metrics.put("step_time", seconds(started, published));
        metrics.put("model/publish_s", seconds(trained, published));
        metrics.put("perf/rollout_wait_s", waited);
        metrics.put("num_tokens", (double) (numTokens + outcome.tokens()));
        var row = TrainingStep.newBuilder()
                .setTeamId(team.teamId())
                .setStep(step + 1)
                .setVersions(versions.stream()
                        .collect(Collectors.toMap(ModelVersion::getPolicyId, ModelVersion::getVersion)))
                .setMetrics(metrics)
                .setTaskIds(outcome.taskIds())
                .setSkipped(outcome.skipped())
                .setFinishedAt(clock.millis())
                .build();
        return Optional.of(new PreparedStep(row, versions, outcome));
    }

    /** Makes a step visible: offsets, step and versions in one transaction. */
    void commit(PreparedStep prepared) {
        link.writer().commit(link.feed(), prepared.trainingStep(), prepared.versions());
        collected.clear();
        step++;
        numTokens += prepared.outcome().tokens();
        waitingSince = System.nanoTime();
        prepared.versions().forEach(link.versions()::add);
        for (String policyId : team.policyIds()) {
            checkpoints.prune(link.versions().history(policyId), options.keepVersions());
        }
    }

    private List<RolloutGroup> rollouts() {
        var reader = new GroupReader(
                configs, options.grpo().aggregation(), options.jointMode(), team.frozenRoles(), critic.isPresent());
        return collected.stream()
                .map(group -> switch (group) {
                    case ReceivedGroup.Decoded decoded -> reader.read(decoded.group());
                    case ReceivedGroup.Malformed malformed ->
                        RolloutGroup.unusable(malformed.where().toString(), SkipReason.MALFORMED);
                })
                .toList();
    }

    private List<ModelVersion> publish(StepOutcome outcome) throws IOException, ArtifactException {
        var versions = new ArrayList<ModelVersion>();
        for (var entry : policies.entrySet()) {
            int parent = link.versions().newest(entry.getKey()).orElseThrow().getVersion();
            var state = new TrainingState(entry.getKey(), parent + 1, step + 1, numTokens + outcome.tokens());
            Artifact artifact = checkpoints.publish(
                    entry.getValue(),
                    state,
                    criticKeeper.map(keeper -> keeper.additions(entry.getKey())).orElse(List.of()));
            versions.add(ModelVersion.newBuilder()
                    .setPolicyId(entry.getKey())
                    .setVersion(parent + 1)
                    .setParent(parent)
                    .setTeamId(team.teamId())
                    .setArtifactUri(artifact.uri())
                    .setFiles(artifact.files())
                    .setTrainingStep(step + 1)
                    .setTaskIds(outcome.taskIds())
                    .setCreatedAt(clock.millis())
                    .build());
        }
        return versions;
    }

    private Map<String, Integer> versionNumbers() {
        return team.policyIds().stream()
                .collect(Collectors.toMap(
                        policyId -> policyId,
                        policyId ->
                                link.versions().newest(policyId).orElseThrow().getVersion()));
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }

    /** Drops what is not committed. */
    @Override
    public void close() {
        policies.values().forEach(TrainablePolicy::close);
        policies.clear();
        references.values().forEach(TrainablePolicy::close);
        references.clear();
        critic.ifPresent(CentralizedCritic::close);
        link.close();
    }
}
