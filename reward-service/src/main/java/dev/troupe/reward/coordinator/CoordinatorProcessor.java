package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.TaskRules.Ruling;
import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.processor.Cancellable;
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

    private final CoordinatorOptions options;
    private final TaskRules rules;
    private final GroupStateMachine machine;
    private final PatientCodec codec;
    private final GroupCodec groupCodec;
    private final CoordinatorMetrics metrics;
    private final AtomicLong records;
    private @Nullable Parts parts;

    /** What exists from init to close. */
    private record Parts(
            Inbox inbox,
            Outbox outbox,
            LiveGroups groups,
            Reception reception,
            SeenTasks seen,
            List<Cancellable> ticks) {}

    /** @param records counts what came, at all partitions of the service */
    CoordinatorProcessor(
            CoordinatorOptions options,
            TaskRules rules,
            PatientCodec codec,
            CoordinatorMetrics metrics,
            AtomicLong records) {
        this.options = options;
        this.rules = rules;
        this.machine = new GroupStateMachine(options);
        this.codec = codec;
        this.groupCodec = new GroupCodec(codec);
        this.metrics = metrics;
        this.records = records;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        super.init(context);
        var earlyCommit = new EarlyCommit(context, records);
        var outbox = new Outbox(context, codec, metrics, earlyCommit);
        var inbox = new Inbox(codec, outbox, earlyCommit, options.partitions());
        var seen = new SeenTasks(context.getStateStore(StoreNames.SEEN));
        parts = new Parts(
                inbox,
                outbox,
                new LiveGroups(
                        context.getStateStore(StoreNames.GROUPS),
                        context.getStateStore(StoreNames.DEADLINES),
                        groupCodec,
                        LiveGroups.CACHED_BYTES / options.partitions()),
                reception(context, inbox, outbox, seen),
                seen,
                // Streams forgets them when it closes a task, not when it starts one over.
                List.of(
                        context.schedule(EarlyCommit.LULL, PunctuationType.WALL_CLOCK_TIME, _ -> earlyCommit.tick()),
                        context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, this::tick)));
    }

    private Reception reception(ProcessorContext<byte[], byte[]> context, Inbox inbox, Outbox outbox, SeenTasks seen) {
        KeyValueStore<String, byte[]> versions = context.getStateStore(StoreNames.MODEL_VERSIONS);
        var pacing = new Pacing(options, versions);
        var permits = new Permits(
                context.taskId().partition(),
                options.partitions(),
                pacing,
                context.getStateStore(StoreNames.ADMITTED),
                outbox::tell);
        var admission = new Admission(
                options.timeouts().policy(),
                context.getStateStore(StoreNames.WAITING),
                pacing,
                permits,
                context.currentSystemTimeMs());
        return new Reception(options, rules, metrics, inbox, admission, permits, seen);
    }

    @Override
    public void close() {
        if (parts != null) {
            parts.ticks().forEach(Cancellable::cancel);
            parts.reception().close();
            parts = null;
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata place = context().recordMetadata().orElseThrow();
        var incoming = new Incoming(record, new Origin(place.topic(), place.partition(), place.offset()));
        long now = context().currentSystemTimeMs();
        switch (place.topic()) {
            case "tasks" -> parts().reception().task(incoming, this::deal, now);
            case "admissions" -> parts().reception().counts(incoming, this::deal, now);
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
        GroupState after = transition.state();
        List<Effect> effects = transition.effects();
        long now = context().currentSystemTimeMs();
        boolean fits = parts().groups().put(before, after);
        if (!fits) {
            // Grown beyond the largest record: it ends here, and what had ended stays.
            effects = new ArrayList<>(effects);
            effects.removeIf(effect -> !(effect instanceof Effect.EmitEpisode));
            effects.addAll(machine.abandon(after, now).effects());
        }
        if (!fits || after.closed()) {
            parts().seen().ended(after.task().getTaskId(), now);
        }
        parts().outbox().carryOut(effects, refused);
    }

    private void tick(long now) {
        for (String taskId : parts().groups().due(now)) {
            Optional<GroupState> group = parts().groups().find(taskId);
            group.ifPresent(live -> apply(group, machine.expire(live, now), why -> {
                throw new IllegalStateException("time cannot be refused: " + why);
            }));
        }
        parts().reception().admit(this::deal, now);
        parts().seen().purge(now);
    }

    private void deal(Ruling.Playable task, Incoming incoming) {
        long now = context().currentSystemTimeMs();
        apply(Optional.empty(), machine.deal(task.task(), task.roles(), task.opening(), now), refusing(incoming));
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
