package dev.troupe.trainer;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.trainer.checkpoint.Checkpoints;
import dev.troupe.trainer.checkpoint.TrainingState;
import dev.troupe.trainer.critic.CentralizedCritic;
import dev.troupe.trainer.kafka.ReceivedGroup;
import dev.troupe.trainer.rollout.GroupReader;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.SkipReason;
import dev.troupe.trainer.update.GuardedUpdate;
import dev.troupe.trainer.update.StepOutcome;
import dev.troupe.trainer.update.TeamUpdate;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The policies of a team between two steps, and what a step makes of them. Equal versions and equal groups give equal
 * files, here and in a replay. Owned by one thread.
 */
final class TeamTraining implements AutoCloseable {
    private final Team team;
    private final TrainerOptions options;
    private final Checkpoints checkpoints;
    private final InstantSource clock;
    private final Optional<CentralizedCritic> critic;
    private final Optional<CriticKeeper> criticKeeper;
    private final GuardedUpdate update;
    private final TreeMap<String, ModelVersion> versions = new TreeMap<>();
    private final TreeMap<String, TrainingState> states = new TreeMap<>();
    /** Of all policies of the team. */
    private final TreeMap<String, DecoderConfig> configs = new TreeMap<>();
    /** Those that learn. */
    private final TreeMap<String, TrainablePolicy> policies = new TreeMap<>();
    /** What beta holds on to: the policy that training began with, or what has become of it. */
    private final TreeMap<String, TrainablePolicy> references = new TreeMap<>();

    TeamTraining(Team team, TrainerOptions options, Checkpoints checkpoints, InstantSource clock) {
        this.team = team;
        this.options = options;
        this.checkpoints = checkpoints;
        this.clock = clock;
        this.critic = options.critic()
                .map(found -> new CentralizedCritic(found, options.compute().device()));
        this.criticKeeper = critic.map(kept -> new CriticKeeper(
                team,
                checkpoints,
                kept,
                options.initialCheckpoint(team.policyIds().getFirst())));
        this.update = new GuardedUpdate(
                new TeamUpdate(
                        options.grpo(),
                        options.microBatchTokens(),
                        options.maxSteps(),
                        options.skipGradNorm(),
                        options.loggedCompletions(),
                        critic),
                () -> restore(versions.values()));
    }

    /** Loads versions, in the place of what their policies are now; with the last of the team's, the critic as well. */
    void restore(Collection<ModelVersion> published) throws IOException, ArtifactException {
        for (ModelVersion version : List.copyOf(published)) {
            if (team.learning().contains(version.getPolicyId())) {
                load(version);
            } else {
                // One that is frozen has its say in how far training is: it may have learnt before.
                Checkpoints.Described described = checkpoints.describe(version);
                note(version, described.config(), described.state());
            }
        }
        if (criticKeeper.isPresent() && versions.keySet().containsAll(team.policyIds())) {
            criticKeeper.get().restore(versions, configs);
        }
    }

    private void load(ModelVersion version) throws IOException, ArtifactException {
        Checkpoints.Restored restored = checkpoints.restore(version);
        replace(policies, version.getPolicyId(), restored.policy());
        note(version, restored.policy().config(), restored.state());
        if (options.grpo().loss().beta() != 0) {
            replace(references, version.getPolicyId(), reference(version, restored.state()));
        }
    }

    private void note(ModelVersion version, DecoderConfig config, TrainingState state) {
        versions.put(version.getPolicyId(), version);
        configs.put(version.getPolicyId(), config);
        // A version that was gone back to has the files, and so the state, of an older one.
        states.put(version.getPolicyId(), state.at(version.getVersion(), version.getTrainingStep()));
    }

    private TrainablePolicy reference(ModelVersion version, TrainingState state) throws IOException, ArtifactException {
        Optional<TrainablePolicy> moved =
                options.referenceSync().sync() ? checkpoints.reference(version) : Optional.empty();
        return moved.isPresent() ? moved.get() : checkpoints.initial(state);
    }

    private static void replace(Map<String, TrainablePolicy> all, String policyId, TrainablePolicy policy) {
        TrainablePolicy replaced = all.put(policyId, policy);
        if (replaced != null) {
            replaced.close();
        }
    }

    /** Steps behind the policies. */
    long step() {
        return versions.values().stream()
                .mapToLong(ModelVersion::getTrainingStep)
                .max()
                .orElse(0);
    }

    /** Tokens behind the policies; TRL's {@code num_tokens}. */
    long numTokens() {
        return states.values().stream()
                .mapToLong(TrainingState::numTokens)
                .max()
                .orElse(0);
    }

    /** Where the groups end that the policies were trained on, by partition; empty before the first step. */
    SortedMap<Integer, Long> consumed() {
        var consumed = new TreeMap<Integer, Long>();
        states.values()
                .forEach(state ->
                        state.consumed().forEach((partition, offset) -> consumed.merge(partition, offset, Math::max)));
        return consumed;
    }

    /** The version that each policy is at. */
    Map<String, Integer> versionNumbers() {
        var numbers = new TreeMap<String, Integer>();
        versions.forEach((policyId, version) -> numbers.put(policyId, version.getVersion()));
        return numbers;
    }

    /** Trains the policies in place; a step that breaks leaves them as they were. */
    StepOutcome train(List<ReceivedGroup> groups) throws IOException, ArtifactException {
        long step = step() + 1;
        StepOutcome outcome = update.apply(policies, references, versionNumbers(), rollouts(groups), step);
        if (options.referenceSync().dueAfter(step)) {
            references.forEach((policyId, reference) -> policies.computeIfPresent(policyId, (_, policy) -> {
                reference.blend(policy, options.referenceSync().alpha());
                return policy;
            }));
        }
        return outcome;
    }

    private List<RolloutGroup> rollouts(List<ReceivedGroup> groups) {
        var reader = new GroupReader(
                configs,
                versionNumbers(),
                options.grpo().aggregation(),
                options.jointMode(),
                team.frozenRoles(),
                critic.isPresent());
        return groups.stream()
                .map(group -> switch (group) {
                    case ReceivedGroup.Decoded decoded -> reader.read(decoded.group());
                    case ReceivedGroup.Malformed malformed ->
                        RolloutGroup.unusable(
                                malformed.where().toString(),
                                SkipReason.MALFORMED,
                                "no record of the topic; troupe dlq list shows what is wrong with it");
                })
                .toList();
    }

    /**
     * Writes what a step made of the policies; nobody knows of it yet.
     *
     * @param consumed where the groups of the step end, by partition
     */
    List<ModelVersion> publish(StepOutcome outcome, Map<Integer, Long> consumed) throws IOException, ArtifactException {
        long step = step() + 1;
        long tokens = numTokens() + outcome.tokens();
        var published = new ArrayList<ModelVersion>();
        for (var entry : policies.entrySet()) {
            String policyId = entry.getKey();
            TrainingState state = state(policyId).next(step, tokens, consumed);
            Optional<TrainablePolicy> moved =
                    options.referenceSync().sync() ? Optional.ofNullable(references.get(policyId)) : Optional.empty();
            Artifact artifact = checkpoints.publish(
                    entry.getValue(),
                    moved,
                    state,
                    criticKeeper.map(keeper -> keeper.additions(policyId)).orElse(List.of()));
            published.add(ModelVersion.newBuilder()
                    .setPolicyId(policyId)
                    .setVersion(state.version())
                    .setParent(state.version() - 1)
                    .setTeamId(team.teamId())
                    .setArtifactUri(artifact.uri())
                    .setFiles(artifact.files())
                    .setTrainingStep(step)
                    .setTaskIds(outcome.taskIds())
                    .setCreatedAt(clock.millis())
                    .build());
        }
        return published;
    }

    /** Goes on from what was published. */
    void advance(List<ModelVersion> published, StepOutcome outcome, Map<Integer, Long> consumed) {
        long tokens = numTokens() + outcome.tokens();
        for (ModelVersion version : published) {
            String policyId = version.getPolicyId();
            states.put(policyId, state(policyId).next(version.getTrainingStep(), tokens, consumed));
            versions.put(policyId, version);
        }
    }

    private TrainingState state(String policyId) {
        TrainingState state = states.get(policyId);
        if (state == null) {
            throw new IllegalStateException(policyId + " was not restored");
        }
        return state;
    }

    @Override
    public void close() {
        policies.values().forEach(TrainablePolicy::close);
        policies.clear();
        references.values().forEach(TrainablePolicy::close);
        references.clear();
        critic.ifPresent(CentralizedCritic::close);
    }
}
