package dev.troupe.schemas;

import static dev.troupe.schemas.Topic.Cleanup.COMPACT;
import static dev.troupe.schemas.Topic.Cleanup.DELETE;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.AdmissionCounts;
import dev.troupe.schemas.avro.Alarm;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.schemas.avro.Turn;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Every topic of Troupe. Provisioning, documentation and services read this list and nothing else. */
public final class TopicCatalog {

    private static final String USERS = "users";
    private static final String AGENT = "agent-service";
    private static final String REWARD = "reward-service";
    private static final String TRAINER = "trainer-service";
    private static final String EVALUATOR = "evaluator-service";

    public static final Topic<Task> TASKS = new Topic<>(
            "tasks", "taskId", Task.class, DELETE, days(7), List.of(USERS, EVALUATOR), List.of(REWARD, TRAINER));
    /** Between the partitions of the coordinator; the key is the partition where the record belongs. */
    public static final Topic<AdmissionCounts> ADMISSIONS =
            new Topic<>("admissions", "to", AdmissionCounts.class, DELETE, days(1), List.of(REWARD), List.of(REWARD));

    public static final Topic<Turn> TURNS =
            new Topic<>("turns", "taskId", Turn.class, DELETE, days(1), List.of(REWARD), List.of(AGENT));
    public static final Topic<Action> ACTIONS =
            new Topic<>("actions", "taskId", Action.class, DELETE, days(7), List.of(AGENT), List.of(REWARD));
    public static final Topic<Message> MESSAGES =
            new Topic<>("messages", "taskId", Message.class, DELETE, days(7), List.of(AGENT), List.of(REWARD));
    public static final Topic<Step> STEPS =
            new Topic<>("steps", "taskId", Step.class, DELETE, days(1), List.of(REWARD), List.of(REWARD));
    public static final Topic<Judgement> JUDGEMENTS =
            new Topic<>("judgements", "taskId", Judgement.class, DELETE, days(7), List.of(REWARD), List.of(REWARD));
    public static final Topic<Episode> EPISODES = new Topic<>(
            "episodes", "taskId", Episode.class, DELETE, days(30), List.of(REWARD), List.of(EVALUATOR, USERS));
    /**
     * Past episodes under another scorer or other weights, written by {@code troupe rescore}; nothing trains on them.
     */
    public static final Topic<Episode> RESCORED_EPISODES =
            new Topic<>("rescored-episodes", "taskId", Episode.class, DELETE, days(30), List.of(USERS), List.of(USERS));

    public static final Topic<EpisodeGroup> EPISODE_GROUPS = new Topic<>(
            "episode-groups", "teamId", EpisodeGroup.class, DELETE, days(7), List.of(REWARD), List.of(TRAINER));
    public static final Topic<ModelVersion> MODEL_VERSIONS = new Topic<>(
            "model-versions",
            "policyId",
            ModelVersion.class,
            COMPACT,
            days(7),
            List.of(TRAINER),
            List.of(AGENT, REWARD, EVALUATOR));
    /** A person's word on which version is served; beside the versions, because only the trainer may write those. */
    public static final Topic<ModelRoute> MODEL_ROUTES = new Topic<>(
            "model-routes", "policyId", ModelRoute.class, COMPACT, days(7), List.of(USERS), List.of(AGENT, TRAINER));

    /** Each record says all that its agent serves, see {@link Serving}: compaction leaves one of an agent. */
    public static final Topic<ModelActivation> MODEL_ACTIVATIONS = new Topic<>(
            "model-activations",
            "agentId",
            ModelActivation.class,
            COMPACT,
            days(7),
            List.of(AGENT),
            List.of(TRAINER, EVALUATOR));

    public static final Topic<TrainingStep> TRAINING_STEPS = new Topic<>(
            "training-steps", "teamId", TrainingStep.class, DELETE, days(30), List.of(TRAINER), List.of(EVALUATOR));
    public static final Topic<Evaluation> EVALUATIONS = new Topic<>(
            "evaluations",
            "benchmark",
            Evaluation.class,
            DELETE,
            days(30),
            List.of(EVALUATOR),
            List.of(EVALUATOR, USERS));
    /**
     * A reward that rises while a stricter score falls. Kept longer than the evaluations that tell of it, so that a
     * restart knows what was said.
     */
    public static final Topic<Alarm> ALARMS = new Topic<>(
            "alarms", "alarm", Alarm.class, DELETE, days(90), List.of(EVALUATOR), List.of(EVALUATOR, USERS));

    /** Original bytes with the reason in headers: it has no schema, so it is no {@link Topic}. */
    public static final String DEAD_LETTERS = "dead-letters";

    /** How long dead letters are kept. */
    public static final Duration DEAD_LETTER_RETENTION = days(30);

    /** Consumer and share groups, by the service that uses them. */
    public static final String AGENTS_GROUP = "troupe-agents";

    public static final String JUDGES_GROUP = "troupe-judges";

    private TopicCatalog() {}

    /** All topics with a schema, in the order in which data flows. */
    public static List<Topic<?>> all() {
        return List.of(
                TASKS,
                ADMISSIONS,
                TURNS,
                ACTIONS,
                MESSAGES,
                STEPS,
                JUDGEMENTS,
                EPISODES,
                RESCORED_EPISODES,
                EPISODE_GROUPS,
                MODEL_VERSIONS,
                MODEL_ROUTES,
                MODEL_ACTIVATIONS,
                TRAINING_STEPS,
                EVALUATIONS,
                ALARMS);
    }

    /** The topic of that name, if the catalogue has it. */
    public static Optional<Topic<?>> find(String name) {
        return all().stream().filter(topic -> topic.name().equals(name)).findFirst();
    }

    private static Duration days(int days) {
        return Duration.ofDays(days);
    }
}
