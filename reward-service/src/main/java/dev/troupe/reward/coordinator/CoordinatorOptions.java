package dev.troupe.reward.coordinator;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.team.TeamPolicies;
import dev.troupe.schemas.avro.Sampling;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the coordinator deals, waits and keeps.
 *
 * @param applicationId names the consumer group, the transactions and the changelog topics
 * @param stateDir local state of the streams application
 * @param store where live groups are held; both kinds have a changelog
 * @param partitions of tasks, actions, messages, judgements and admissions
 * @param runSeed of all sampling
 * @param groupSize episodes of a group when the task does not say
 * @param groupsPerStep groups the trainer takes per update
 * @param maxStaleness how many versions a group may lag when it is trained
 * @param jointMode of training tasks that name none
 * @param sampling when the task has none
 * @param timeouts how long what may take
 * @param teams who plays what
 */
public record CoordinatorOptions(
        String applicationId,
        Path stateDir,
        StoreKind store,
        int partitions,
        long runSeed,
        int groupSize,
        int groupsPerStep,
        int maxStaleness,
        JointMode jointMode,
        Sampling sampling,
        Timeouts timeouts,
        TeamPolicies teams) {

    /** The setting that says how long an environment may take to open a task. */
    static final String BEGIN_TIMEOUT = "coordinator.begin.timeout";

    /** Where a state store lives. */
    public enum StoreKind {
        MEMORY,
        ROCKSDB
    }

    /**
     * How long what may take.
     *
     * @param begin until a task that its environment has not opened is refused; nothing else is dealt meanwhile
     * @param turn until a turn is dealt again, and then given up
     * @param judge until a step is handed out again, and then given up
     * @param group until everything unfinished in a group is given up
     * @param policy until a task of a team without any model version is refused
     * @param registry until a record that waits for the schema registry stops the thread
     */
    public record Timeouts(
            Duration begin, Duration turn, Duration judge, Duration group, Duration policy, Duration registry) {
        public Timeouts {
            positive(begin, BEGIN_TIMEOUT);
            positive(turn, "coordinator.turn.timeout");
            positive(judge, "coordinator.judge.timeout");
            positive(group, "coordinator.group.timeout");
            positive(policy, "coordinator.policy.timeout");
            positive(registry, "coordinator.registry.timeout");
        }

        private static void positive(Duration duration, String name) {
            if (!duration.isPositive()) {
                throw new IllegalArgumentException(name + " is not positive: " + duration);
            }
        }
    }

    public CoordinatorOptions {
        requireNonNull(applicationId, "applicationId is null");
        requireNonNull(stateDir, "stateDir is null");
        requireNonNull(store, "store is null");
        requireNonNull(jointMode, "jointMode is null");
        requireNonNull(sampling, "sampling is null");
        requireNonNull(timeouts, "timeouts is null");
        requireNonNull(teams, "teams is null");
        if (partitions < 1 || groupSize < 1 || groupsPerStep < 1 || maxStaleness < 0) {
            throw new IllegalArgumentException(
                    "partitions %d, groupSize %d and groupsPerStep %d must be at least 1, maxStaleness %d at least 0"
                            .formatted(partitions, groupSize, groupsPerStep, maxStaleness));
        }
    }

    /** Reads the options; problems are collected by the settings. */
    public static CoordinatorOptions from(Settings settings) {
        return new CoordinatorOptions(
                settings.text("coordinator.application.id", "troupe-coordinator"),
                settings.path("coordinator.state.dir", Path.of(".troupe", "streams")),
                store(settings),
                1,
                seed(settings),
                settings.integer("num_generations", 8, 1, TaskRules.MAX_GENERATIONS),
                settings.integer("train.groups.per.step", 4, 1, 1 << 16),
                settings.integer("train.max.staleness", 1, 0, 1 << 16),
                jointMode(settings),
                new Sampling(
                        settings.decimal("sampling.temperature", 1.0, 0, 100),
                        settings.decimal("sampling.top.p", 1.0, 0.001, 1),
                        settings.integer("sampling.top.k", 0, 0, 1 << 20),
                        settings.integer("sampling.max.completion.length", 0, 0, TaskRules.MAX_COMPLETION_LENGTH)),
                new Timeouts(
                        positive(settings, BEGIN_TIMEOUT, Duration.ofSeconds(10)),
                        positive(settings, "coordinator.turn.timeout", Duration.ofSeconds(60)),
                        positive(settings, "coordinator.judge.timeout", Duration.ofSeconds(60)),
                        positive(settings, "coordinator.group.timeout", Duration.ofMinutes(10)),
                        positive(settings, "coordinator.policy.timeout", Duration.ofSeconds(60)),
                        positive(settings, "coordinator.registry.timeout", Duration.ofSeconds(60))),
                TeamPolicies.from(settings));
    }

    /** The same with the partition count that the topics turned out to have. */
    public CoordinatorOptions withPartitions(int count) {
        return new CoordinatorOptions(
                applicationId,
                stateDir,
                store,
                count,
                runSeed,
                groupSize,
                groupsPerStep,
                maxStaleness,
                jointMode,
                sampling,
                timeouts,
                teams);
    }

    private static Duration positive(Settings settings, String key, Duration defaultValue) {
        Duration value = settings.duration(key, defaultValue);
        if (value.isPositive()) {
            return value;
        }
        settings.problem(key, "must be longer than 0");
        return defaultValue;
    }

    private static StoreKind store(Settings settings) {
        String kind = settings.text("coordinator.store", "rocksdb");
        return switch (kind) {
            case "memory" -> StoreKind.MEMORY;
            case "rocksdb" -> StoreKind.ROCKSDB;
            default -> {
                settings.problem("coordinator.store", "'%s' is neither memory nor rocksdb".formatted(kind));
                yield StoreKind.ROCKSDB;
            }
        };
    }

    private static JointMode jointMode(Settings settings) {
        String label = settings.text(JointMode.SETTING, JointMode.ALIGNED.label());
        return JointMode.find(label).orElseGet(() -> {
            settings.problem(JointMode.SETTING, "'%s' is not %s".formatted(label, JointMode.labels()));
            return JointMode.ALIGNED;
        });
    }

    private static long seed(Settings settings) {
        String seed = settings.text("run.seed", "42");
        try {
            return Long.parseLong(seed.strip());
        } catch (NumberFormatException _) {
            settings.problem("run.seed", "'%s' is not a whole number".formatted(seed));
            return 42;
        }
    }
}
