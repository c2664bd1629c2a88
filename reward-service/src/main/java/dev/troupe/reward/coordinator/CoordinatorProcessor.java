package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.TaskRules.Ruling;
import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.Task;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The shell around {@link GroupStateMachine}: opens events, looks the group up, carries the effects out. Everything
 * about a task is in one partition, so nothing here is shared.
 */
final class CoordinatorProcessor extends ContextualProcessor<byte[], byte[], byte[], byte[]> {

    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration PURGE_INTERVAL = Duration.ofHours(1);

    private final CoordinatorOptions options;
    private final TaskRules rules;
    private final GroupStateMachine machine;
    private final PatientCodec codec;
    private final GroupCodec groupCodec;
    private final CoordinatorMetrics metrics;
    private @Nullable Parts parts;

    /** What exists from init to close. */
    private record Parts(Inbox inbox, Outbox outbox, LiveGroups groups, Admission admission, SeenTasks seen) {}

    CoordinatorProcessor(CoordinatorOptions options, TaskRules rules, PatientCodec codec, CoordinatorMetrics metrics) {
        this.options = options;
        this.rules = rules;
        this.machine = new GroupStateMachine(options);
        this.codec = codec;
        this.groupCodec = new GroupCodec(codec);
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        super.init(context);
        KeyValueStore<String, byte[]> versions = context.getStateStore(StoreNames.MODEL_VERSIONS);
        var admission = new Admission(
                options,
                context.getStateStore(StoreNames.WAITING),
                context.getStateStore(StoreNames.ADMITTED),
                versions,
                context.taskId().partition(),
                context.currentSystemTimeMs());
        var outbox = new Outbox(context, codec, metrics);
        parts = new Parts(
                new Inbox(codec, outbox, options.partitions()),
                outbox,
                new LiveGroups(
                        context.getStateStore(StoreNames.GROUPS),
                        context.getStateStore(StoreNames.DEADLINES),
                        groupCodec),
                admission,
                new SeenTasks(context.getStateStore(StoreNames.SEEN)));
        metrics.waiting(admission.size());
        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::tick);
        context.schedule(
                PURGE_INTERVAL,
                PunctuationType.WALL_CLOCK_TIME,
                now -> parts().seen().purge(now));
    }

    @Override
    public void close() {
        if (parts != null) {
            metrics.waiting(-parts.admission().size());
            parts = null;
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata place = context().recordMetadata().orElseThrow();
        var incoming = new Incoming(record, new Origin(place.topic(), place.partition(), place.offset()));
        long now = context().currentSystemTimeMs();
        switch (place.topic()) {
            case "tasks" -> onTask(incoming, now);
            case "actions" ->
                onEvent(
                        TopicCatalog.ACTIONS,
                        incoming,
                        Action::getTaskId,
                        Ignored.LATE_ACTION,
                        (group, action) -> machine.action(group, action, now));
            case "messages" ->
                onEvent(
                        TopicCatalog.MESSAGES,
                        incoming,
                        Message::getTaskId,
                        Ignored.LATE_MESSAGE,
                        (group, message) -> machine.message(group, message, now));
            case "judgements" ->
                onEvent(
                        TopicCatalog.JUDGEMENTS,
                        incoming,
                        Judgement::getTaskId,
                        Ignored.LATE_JUDGEMENT,
                        (group, judgement) -> machine.judgement(group, judgement, now));
            default -> throw new IllegalStateException("no such source: " + place.topic());
        }
    }

    private void onTask(Incoming incoming, long now) {
        Optional<Task> task = parts().inbox().open(TopicCatalog.TASKS, incoming);
        if (task.isEmpty()) {
            return;
        }
        switch (rules.check(incoming.key(), task.get())) {
            case Ruling.Refused(DeadLetterReason reason, String message) -> deadLetter(incoming, reason, message);
            case Ruling.Playable playable -> {
                String taskId = task.get().getTaskId();
                if (!parts().seen().add(taskId, now)) {
                    deadLetter(
                            incoming,
                            DeadLetterReason.DUPLICATE_TASK,
                            "a task with id '%s' was fed before; an id is taken for %d days"
                                    .formatted(taskId, SeenTasks.RETENTION.toDays()));
                    return;
                }
                List<String> policies = options.teams().policies(task.get().getTeamId(), playable.roles());
                parts().admission().enqueue(task.get(), new WaitingTask(now, policies, incoming));
                metrics.waiting(1);
                admit(now);
            }
        }
    }

    private <T extends SpecificRecord> void onEvent(
            Topic<T> topic,
            Incoming incoming,
            Function<T, String> taskId,
            Ignored late,
            BiFunction<GroupState, T, Transition<GroupState>> event) {
        Optional<T> value = parts().inbox().open(topic, incoming);
        if (value.isEmpty()) {
            return;
        }
        String id = taskId.apply(value.get());
        if (!id.equals(incoming.key())) {
            deadLetter(incoming, DeadLetterReason.WRONG_KEY, "the record key is not the taskId '%s'".formatted(id));
            return;
        }
        Optional<GroupState> group = parts().groups().find(id);
        if (group.isPresent()) {
            apply(group, event.apply(group.get(), value.get()), refusing(incoming));
        } else if (parts().seen().contains(id)) {
            metrics.ignored(late);
        } else {
            deadLetter(incoming, DeadLetterReason.MALFORMED, "no task '%s' was dealt".formatted(id));
        }
    }

    private void apply(Optional<GroupState> before, Transition<GroupState> transition, Consumer<String> refused) {
        Transition<GroupState> next = transition;
        byte[] encoded = next.state().closed() ? null : groupCodec.encode(next.state());
        if (encoded != null && encoded.length > Outbox.MAX_VALUE_BYTES) {
            List<Effect> ended = next.effects().stream()
                    .filter(Effect.EmitEpisode.class::isInstance)
                    .toList();
            Transition<GroupState> abandoned =
                    machine.abandon(next.state(), context().currentSystemTimeMs());
            next = new Transition<>(abandoned.state(), ended).and(abandoned.effects());
            encoded = null;
        }
        parts().groups().replace(before, next.state(), encoded);
        parts().outbox().carryOut(next.effects(), refused);
    }

    private void tick(long now) {
        for (String taskId : parts().groups().due(now)) {
            Optional<GroupState> group = parts().groups().find(taskId);
            group.ifPresent(live -> apply(group, machine.expire(live, now), why -> {
                throw new IllegalStateException("time cannot be refused: " + why);
            }));
        }
        admit(now);
    }

    private void admit(long now) {
        Optional<Admission.Next> next = parts().admission().take(now);
        while (next.isPresent()) {
            metrics.waiting(-1);
            switch (next.get()) {
                case Admission.Next.Deal(WaitingTask task) -> deal(task.original(), now);
                case Admission.Next.Unknown(WaitingTask task, List<String> missing) -> {
                    // The id is free again: the task can be fed once the team plays.
                    parts().seen().forget(String.valueOf(task.original().key()));
                    deadLetter(
                            task.original(),
                            DeadLetterReason.UNKNOWN_TEAM,
                            "no model version of policy %s was published within %d s; does a trainer run for the team?"
                                    .formatted(
                                            String.join(", ", missing),
                                            options.timeouts().policy().toSeconds()));
                }
            }
            next = parts().admission().take(now);
        }
    }

    private void deal(Incoming incoming, long now) {
        Optional<Task> task = parts().inbox().open(TopicCatalog.TASKS, incoming);
        if (task.isEmpty()) {
            return;
        }
        switch (rules.check(incoming.key(), task.get())) {
            case Ruling.Playable playable ->
                apply(Optional.empty(), machine.deal(playable.task(), playable.opening(), now), refusing(incoming));
            // Only a task that was accepted under another configuration gets here.
            case Ruling.Refused(DeadLetterReason reason, String message) -> deadLetter(incoming, reason, message);
        }
    }

    private Consumer<String> refusing(Incoming incoming) {
        return why -> deadLetter(incoming, DeadLetterReason.MALFORMED, why);
    }

    private void deadLetter(Incoming incoming, DeadLetterReason reason, String message) {
        parts().outbox().deadLetter(incoming, reason, message, null);
    }

    private Parts parts() {
        if (parts == null) {
            throw new IllegalStateException("the processor is not initialized");
        }
        return parts;
    }
}
