package dev.troupe.agent.turn;

import dev.troupe.agent.policy.PolicyLease;
import dev.troupe.agent.policy.PolicySource;
import dev.troupe.agent.policy.PolicySource.Answer;
import dev.troupe.runtime.kafka.BatchHandler;
import dev.troupe.runtime.kafka.RetryLaterException;
import dev.troupe.schemas.avro.Turn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays batches of turns, each as soon as its policy is there. Each is published as soon as it is played, and all
 * before the batch is acknowledged; a batch that comes again gives the same actions, which the coordinator recognises.
 * Turns whose policy does not come go back to the queue. Each queue needs a handler of its own.
 */
public final class TurnHandler implements BatchHandler<Turn> {
    private static final Logger LOGGER = LoggerFactory.getLogger(TurnHandler.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int REMEMBERED = 4096;

    /** How often those who wait for a policy look for it while others of their batch are played. */
    private static final Duration GLANCE = Duration.ofMillis(100);

    private static final Duration LOG_INTERVAL = Duration.ofSeconds(5);

    /** What plays a turn; version null is the newest. */
    private record Choice(String policyId, @Nullable Integer version) {
        static Choice of(Turn turn) {
            return new Choice(turn.getPolicyId(), turn.getPolicyVersion());
        }
    }

    /** One dealing of a turn. */
    private record Identity(String taskId, int episode, int turn, String role, int attempt) {
        static Identity of(Turn turn) {
            return new Identity(turn.getTaskId(), turn.getEpisode(), turn.getTurn(), turn.getRole(), turn.getAttempt());
        }
    }

    private final PolicySource policies;
    private final TurnPlayer player;
    private final Outbox outbox;
    private final TurnMetrics metrics;
    private final InstantSource clock;
    private final Duration policyWait;
    /** Turns whose actions are safe in the log: when the rest of their batch is tried again they are not. */
    private final LinkedHashMap<Identity, Boolean> published = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Identity, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @param policyWait how long turns wait for a policy or version that is not known or not loaded yet */
    public TurnHandler(
            PolicySource policies,
            TurnPlayer player,
            Outbox outbox,
            TurnMetrics metrics,
            InstantSource clock,
            Duration policyWait) {
        this.policies = policies;
        this.player = player;
        this.outbox = outbox;
        this.metrics = metrics;
        this.clock = clock;
        this.policyWait = policyWait;
    }

    @Override
    public void handle(List<Turn> batch) throws InterruptedException {
        var waiting = new Waiting(clock.instant());
        waiting.turns.putAll(open(batch, waiting.taken));
        try (var round = new TurnRound(player, outbox, waiting.taken, this::expire)) {
            while (true) {
                long seen = policies.changes();
                waiting.turns.entrySet().removeIf(entry -> settle(entry.getKey(), entry.getValue(), round, waiting));
                if (waiting.turns.isEmpty()) {
                    break;
                }
                if (round.isIdle()) {
                    policies.awaitChange(seen, waiting.left());
                } else {
                    boolean _ = round.publishNext(GLANCE);
                }
            }
            round.finish(this::done);
        }
        if (waiting.putOff.isPresent()) {
            throw waiting.putOff.get();
        }
    }

    /** Turns of a batch whose policy is not there yet. */
    private final class Waiting {
        private final Instant taken;
        private final Instant deadline;
        private final Map<Choice, List<Turn>> turns = new LinkedHashMap<>();
        private Instant nextLog;
        /** Of turns that go back to the queue. */
        private Optional<RetryLaterException> putOff = Optional.empty();

        Waiting(Instant taken) {
            this.taken = taken;
            this.deadline = taken.plus(policyWait);
            this.nextLog = taken;
        }

        boolean isOver(Instant until) {
            return !clock.instant().isBefore(until);
        }

        /** How long nothing needs to be looked for if nothing changes. */
        Duration left() {
            Duration left = Duration.between(clock.instant(), deadline);
            return left.compareTo(LOG_INTERVAL) < 0 ? left : LOG_INTERVAL;
        }

        void tell(String reason) {
            if (isOver(nextLog)) {
                LOGGER.atWarn().addKeyValue("reason", reason).log("waiting for a policy");
                nextLog = clock.instant().plus(LOG_INTERVAL);
            }
        }

        boolean putOff(String reason, Duration delay) {
            putOff = putOff.or(() -> Optional.of(new RetryLaterException(reason, delay)));
            return true;
        }
    }

    /**
     * @return whether the turns need not be looked at again; those that name no version wait in the queue for longer
     */
    private boolean settle(Choice choice, List<Turn> turns, TurnRound round, Waiting waiting) {
        switch (policies.find(choice.policyId(), choice.version())) {
            case Answer.Found(PolicyLease lease) -> round.begin(lease, turns);
            case Answer.Refused(String reason) -> round.refuse(turns, RefusalReason.REFUSED_VERSION, reason);
            case Answer.Away(String reason, Duration retry) -> waiting.putOff(reason, retry);
            case Answer.Coming(String reason, Instant since) -> {
                // Turns that come back do not wait once more for what has not come in that time.
                boolean over = waiting.isOver(waiting.deadline) || waiting.isOver(since.plus(policyWait));
                return over && waiting.putOff(reason, RETRY);
            }
            case Answer.Unknown(String reason)
            when !waiting.isOver(waiting.deadline) -> {
                waiting.tell(reason);
                return false;
            }
            case Answer.Unknown(String reason) when choice.version() == null -> waiting.putOff(reason, RETRY);
            case Answer.Unknown(String reason) -> round.refuse(turns, RefusalReason.UNKNOWN_VERSION, reason);
        }
        return true;
    }

    private void done(Turn turn) {
        published.put(Identity.of(turn), true);
    }

    /** The turns that are to be played, by what plays them. */
    private Map<Choice, List<Turn>> open(List<Turn> batch, Instant taken) {
        var open = new LinkedHashMap<Choice, List<Turn>>();
        for (Turn turn : batch) {
            if (published.containsKey(Identity.of(turn))) {
                metrics.repeated();
            } else if (turn.getDeadlineAt() < taken.toEpochMilli()) {
                expire(turn);
            } else {
                open.computeIfAbsent(Choice.of(turn), _ -> new ArrayList<>()).add(turn);
            }
        }
        return open;
    }

    private void expire(Turn turn) {
        metrics.expired();
        LOGGER.atDebug()
                .addKeyValue("taskId", turn.getTaskId())
                .addKeyValue("episode", turn.getEpisode())
                .log("turn is past its deadline and was not played");
    }
}
