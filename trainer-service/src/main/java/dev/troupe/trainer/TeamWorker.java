package dev.troupe.trainer;

import dev.troupe.policy.CheckpointException;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.schemas.RegistryUnavailableException;
import dev.troupe.trainer.checkpoint.Checkpoints;
import dev.troupe.trainer.checkpoint.LostArtifactException;
import dev.troupe.trainer.fault.StepListener;
import dev.troupe.trainer.kafka.TrainerFencedException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that trains one team. Whatever goes wrong with broker, registry or disk ends the session; the next one
 * starts from what is committed, which is simpler to get right than any repair.
 */
final class TeamWorker implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TeamWorker.class);
    private static final Duration BACKOFF = Duration.ofSeconds(2);
    /** A step that has begun may end; after this it is dropped, which costs nothing but its work. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

    /** Where the worker stands. */
    private enum Phase {
        OPENING,
        TRAINING,
        FINISHED,
        FAILED
    }

    private final Team team;
    private final TrainerOptions options;
    private final Supplier<TeamLink> links;
    private final Checkpoints checkpoints;
    private final TrainerMetrics metrics;
    private final InstantSource clock;
    private final StepListener listener;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicLong step = new AtomicLong();
    /** Since when the newest version could not be loaded, as {@link System#nanoTime}; owned by the thread. */
    private OptionalLong lostSince = OptionalLong.empty();

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPENING);

    TeamWorker(
            Team team,
            TrainerOptions options,
            Supplier<TeamLink> links,
            Checkpoints checkpoints,
            TrainerMetrics metrics,
            InstantSource clock,
            StepListener listener) {
        this.listener = listener;
        this.team = team;
        this.options = options;
        this.links = links;
        this.checkpoints = checkpoints;
        this.metrics = metrics;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("trainer-" + team.teamId()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    String teamId() {
        return team.teamId();
    }

    /** The team's last committed step, as far as this worker knows; 0 when there is none. */
    long step() {
        return step.get();
    }

    boolean live() {
        return phase.get() != Phase.FAILED;
    }

    boolean ready() {
        return phase.get() == Phase.TRAINING || phase.get() == Phase.FINISHED;
    }

    boolean finished() {
        return phase.get() == Phase.FINISHED;
    }

    private void run() {
        while (!isClosing()) {
            try {
                session();
                return;
            } catch (KafkaException | RegistryUnavailableException | ArtifactException e) {
                retry(e);
            } catch (CheckpointException | TrainerFencedException e) {
                fail(e);
                return;
            } catch (LostArtifactException e) {
                if (!worthWaiting(e)) {
                    fail(e);
                    return;
                }
                retry(e);
            } catch (IOException e) {
                retry(e);
            } catch (RuntimeException | Error e) {
                // Also what the engine or the heap cannot take: a thread that is gone must not look alive.
                fail(e);
                return;
            }
        }
    }

    private void session() throws IOException, ArtifactException {
        try (var session = new TeamSession(team, options, links.get(), checkpoints, clock, listener)) {
            session.open();
            step.set(session.step());
            phase.set(Phase.TRAINING);
            lostSince = OptionalLong.empty();
            while (!session.finished()) {
                Optional<PreparedStep> prepared = session.prepare(this::isClosing);
                if (prepared.isEmpty()) {
                    return;
                }
                session.commit(prepared.get());
                step.set(session.step());
                metrics.committed(
                        prepared.get().trainingStep().getMetrics(),
                        prepared.get().outcome());
                log(prepared.get());
            }
            LOGGER.atInfo()
                    .addKeyValue("teamId", team.teamId())
                    .addKeyValue("step", session.step())
                    .log("training has ended: trainer.max.steps is reached");
            phase.set(Phase.FINISHED);
        }
    }

    private boolean worthWaiting(LostArtifactException lost) {
        long now = System.nanoTime();
        if (lostSince.isEmpty()) {
            lostSince = OptionalLong.of(now);
        }
        return lost.mayComeBack()
                && now - lostSince.getAsLong() < options.artifactTimeout().toNanos();
    }

    private void log(PreparedStep prepared) {
        var values = prepared.trainingStep().getMetrics();
        LOGGER.atInfo()
                .addKeyValue("teamId", team.teamId())
                .addKeyValue("step", prepared.trainingStep().getStep())
                .addKeyValue("reward", values.get("reward"))
                .addKeyValue("loss", values.get("loss"))
                .addKeyValue("seconds", values.get("step_time"))
                .addKeyValue("skipped", prepared.outcome().skipped().size())
                .log("step is committed");
    }

    private void retry(Exception error) {
        if (isClosing()) {
            return;
        }
        phase.set(Phase.OPENING);
        metrics.restarted();
        LOGGER.atWarn()
                .addKeyValue("teamId", team.teamId())
                .addKeyValue("error", error.toString())
                .log("training was interrupted and starts again from the last committed step");
        try {
            boolean _ = closing.await(BACKOFF.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            closing.countDown();
        }
    }

    private void fail(Throwable error) {
        phase.set(Phase.FAILED);
        LOGGER.atError()
                .addKeyValue("teamId", team.teamId())
                .addKeyValue("error", error.getMessage())
                .setCause(error)
                .log("training has stopped and needs a person");
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            if (thread.isAlive() && !thread.join(CLOSE_TIMEOUT)) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
