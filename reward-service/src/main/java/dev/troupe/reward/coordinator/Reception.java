package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.TaskRules.Ruling;
import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.AdmissionCounts;
import dev.troupe.schemas.avro.Task;
import java.util.List;
import java.util.Optional;

/** The way of a task until it is dealt: checked, remembered, left waiting, admitted. */
final class Reception {

    private final CoordinatorOptions options;
    private final TaskRules rules;
    private final CoordinatorMetrics metrics;
    private final Inbox inbox;
    private final Admission admission;
    private final Permits permits;
    private final SeenTasks seen;

    Reception(
            CoordinatorOptions options,
            TaskRules rules,
            CoordinatorMetrics metrics,
            Inbox inbox,
            Admission admission,
            Permits permits,
            SeenTasks seen) {
        this.options = options;
        this.rules = rules;
        this.metrics = metrics;
        this.inbox = inbox;
        this.admission = admission;
        this.permits = permits;
        this.seen = seen;
        metrics.waiting(admission.size());
    }

    /** Makes a group of a task whose turn it is. */
    @FunctionalInterface
    interface Dealer {
        void deal(Ruling.Playable task, Incoming incoming);
    }

    /** The tasks that wait are no longer counted here. */
    void close() {
        metrics.waiting(-admission.size());
    }

    /** A task was fed. */
    void task(Incoming incoming, Dealer dealer, long now) {
        Optional<Task> task = inbox.open(TopicCatalog.TASKS, incoming);
        if (task.isEmpty()) {
            return;
        }
        switch (rules.check(incoming.key(), task.get())) {
            case Ruling.Refused(DeadLetterReason reason, String message) -> inbox.refuse(incoming, reason, message);
            case Ruling.Playable playable -> {
                String taskId = task.get().getTaskId();
                if (!seen.add(taskId)) {
                    inbox.refuse(
                            incoming,
                            DeadLetterReason.DUPLICATE_TASK,
                            "a task with id '%s' was fed before; an id is free %d days after its task has ended"
                                    .formatted(taskId, SeenTasks.RETENTION.toDays()));
                    return;
                }
                List<String> policies = options.teams().policies(task.get().getTeamId(), playable.roles());
                admission.enqueue(task.get(), new WaitingTask(now, policies, incoming));
                metrics.waiting(1);
                admit(dealer, now);
            }
        }
    }

    /** Another partition asks for permits or answers. */
    void counts(Incoming incoming, Dealer dealer, long now) {
        Optional<AdmissionCounts> counts = inbox.open(TopicCatalog.ADMISSIONS, incoming);
        if (counts.isEmpty()) {
            return;
        }
        Optional<String> problem = permits.problem(counts.get());
        if (problem.isPresent()) {
            inbox.refuse(incoming, DeadLetterReason.MALFORMED, problem.get());
            return;
        }
        permits.hear(counts.get());
        admit(dealer, now);
    }

    /** Deals what may be dealt. */
    void admit(Dealer dealer, long now) {
        Optional<Admission.Next> next = admission.take(now);
        while (next.isPresent()) {
            metrics.waiting(-1);
            switch (next.get()) {
                case Admission.Next.Deal deal -> {
                    Incoming original = deal.task().original();
                    if (!dealt(original, dealer)) {
                        seen.ended(String.valueOf(original.key()), now);
                        admission.refused(deal);
                    }
                }
                case Admission.Next.Unknown(WaitingTask task, List<String> missing) -> unknown(task, missing);
            }
            next = admission.take(now);
        }
        admission.settle(now);
    }

    private boolean dealt(Incoming incoming, Dealer dealer) {
        Optional<Task> task = inbox.open(TopicCatalog.TASKS, incoming);
        if (task.isEmpty()) {
            return false;
        }
        return switch (rules.check(incoming.key(), task.get())) {
            case Ruling.Playable playable -> {
                dealer.deal(playable, incoming);
                yield true;
            }
            // Only a task that was accepted under another configuration gets here.
            case Ruling.Refused(DeadLetterReason reason, String message) -> {
                inbox.refuse(incoming, reason, message);
                yield false;
            }
        };
    }

    private void unknown(WaitingTask task, List<String> missing) {
        // The id is free again: the task can be fed once the team plays.
        seen.forget(String.valueOf(task.original().key()));
        inbox.refuse(
                task.original(),
                DeadLetterReason.UNKNOWN_TEAM,
                "no model version of policy %s was published within %d s; does a trainer run for the team?"
                        .formatted(
                                String.join(", ", missing),
                                options.timeouts().policy().toSeconds()));
    }
}
