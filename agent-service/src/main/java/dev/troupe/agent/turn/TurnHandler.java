package dev.troupe.agent.turn;

import dev.troupe.agent.policy.PolicySource;
import dev.troupe.agent.policy.PolicySource.Answer;
import dev.troupe.runtime.kafka.BatchHandler;
import dev.troupe.runtime.kafka.RetryLaterException;
import dev.troupe.runtime.kafka.TopicWriter;
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
 * Plays batches of turns, first those whose policy is known. Each is published as soon as it is played, and all before
 * the batch is acknowledged; a batch that comes again gives the same actions, which the coordinator recognises. Each
 * queue needs a handler of its own.
 */
public final class TurnHandler implements BatchHandler<Turn> {
    private static final Logger LOGGER = LoggerFactory.getLogger(TurnHandler.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int REMEMBERED = 4096;

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
    private final TopicWriter writer;
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

    /** @param policyWait how long a batch waits for a policy or version that is not known yet */
    public TurnHandler(
            PolicySource policies,
            TurnPlayer player,
            TopicWriter writer,
            TurnMetrics metrics,
            InstantSource clock,
            Duration policyWait) {
        this.policies = policies;
        this.player = player;
        this.writer = writer;
        this.metrics = metrics;
        this.clock = clock;
        this.policyWait = policyWait;
    }

    @Override
    public void handle(List<Turn> batch) throws InterruptedException {
        Instant taken = clock.instant();
        Map<Choice, List<Turn>> waiting = open(batch, taken);
        var unknown = new LinkedHashMap<Choice, List<Turn>>();
        try (var round = new TurnRound(player, writer, taken)) {
            for (Map.Entry<Choice, List<Turn>> entry : waiting.entrySet()) {
                Choice choice = entry.getKey();
                Answer answer = policies.find(choice.policyId(), choice.version());
                if (answer instanceof Answer.Unknown) {
                    unknown.put(choice, entry.getValue());
                } else {
                    round.begin(answer, entry.getValue());
                }
            }
            round.finish(this::done, this::expire);
        }
        playUnknown(unknown, taken);
    }

    /** Waits for policies that are not known yet; turns that name no version wait in the queue for longer than here. */
    private void playUnknown(Map<Choice, List<Turn>> unknown, Instant taken) throws InterruptedException {
        Instant deadline = taken.plus(policyWait);
        Optional<String> missing = Optional.empty();
        try (var round = new TurnRound(player, writer, taken)) {
            for (Map.Entry<Choice, List<Turn>> entry : unknown.entrySet()) {
                Choice choice = entry.getKey();
                Answer answer = policies.await(choice.policyId(), choice.version(), deadline);
                if (answer instanceof Answer.Unknown(String reason) && choice.version() == null) {
                    missing = Optional.of(reason);
                } else {
                    round.begin(answer, entry.getValue());
                }
            }
            round.finish(this::done, this::expire);
        }
        if (missing.isPresent()) {
            throw new RetryLaterException(missing.get(), RETRY);
        }
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
