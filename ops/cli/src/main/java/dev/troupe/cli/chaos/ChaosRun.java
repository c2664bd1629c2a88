package dev.troupe.cli.chaos;

import dev.troupe.cli.audit.Audit;
import dev.troupe.cli.audit.Auditor;
import dev.troupe.cli.audit.Fate.State;
import dev.troupe.cli.local.Interruption;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Episode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One run: start, feed and kill, wait for the rest to be done, audit. */
final class ChaosRun {

    private static final Duration READY_WITHIN = Duration.ofMinutes(3);
    /** Without any task coming to its end for so long, none is going to. */
    private static final Duration STUCK_AFTER = Duration.ofMinutes(3);

    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(3);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);
    private static final Duration SHORTEST_GAP = Duration.ofMillis(300);
    /** From the feeding to the kill: tasks are anywhere between their topic and the trainer by then. */
    private static final int LONGEST_AIM_MILLIS = 600;

    private final ChaosPlan plan;
    private final Path checkpoint;
    private final Consumer<String> progress;
    private final Random random;
    private final CountDownLatch never = new CountDownLatch(1);
    private final Map<Kind, Integer> kills = new EnumMap<>(Kind.class);
    private final Pulse pulse = new Pulse();
    private int busyKills;

    /** @param progress takes a line when something happens */
    ChaosRun(ChaosPlan plan, Path checkpoint, Consumer<String> progress) {
        this.plan = plan;
        this.checkpoint = checkpoint;
        this.progress = progress;
        this.random = new Random(plan.seed());
    }

    /** @throws IOException when the directory cannot be used or the broker does not take a task */
    ChaosReport run() throws IOException, InterruptedException {
        try (var ensemble = Ensemble.start(plan, checkpoint);
                var _ = Interruption.closing(ensemble::abort);
                var clients = new KafkaClients(Settings.of(ensemble.settings()))) {
            progress.accept(
                    "starting %d processes in %s".formatted(ensemble.members().size(), plan.directory()));
            awaitReady("all processes to be ready", ensemble);
            try (var feeder = new TaskFeeder(clients, TaskMix.records(plan, clients.codec()));
                    var reader = new TopicReader<Episode>(
                            clients, "troupe-chaos", TopicCatalog.EPISODES, _ -> pulse.beat())) {
                reader.start();
                long begin = System.nanoTime();
                int taken = feedAndKill(ensemble, feeder);
                Audit audit = drain(ensemble, clients);
                var fed = new ChaosReport.Fed(feeder.sent(), taken, feeder.bad());
                return report(ensemble, fed, clients, audit, Duration.ofNanos(System.nanoTime() - begin));
            }
        }
    }

    /** Feeds right before each kill, so that kills hit work in progress. @return records that the broker has taken */
    private int feedAndKill(Ensemble ensemble, TaskFeeder feeder) throws IOException, InterruptedException {
        for (int kill = 1; kill <= plan.kills(); kill++) {
            pause(gap());
            feed(feeder, (int) ((long) plan.tasks() * kill / (plan.kills() + 1)));
            pause(Duration.ofMillis(random.nextInt(LONGEST_AIM_MILLIS)));
            Member victim = ensemble.victim(random);
            while (!victim.kill()) {
                pause(CHECK_INTERVAL);
                victim = ensemble.victim(random);
            }
            kills.merge(victim.script().kind(), 1, Integer::sum);
            long open = pulse.open();
            busyKills += open > 0 ? 1 : 0;
            progress.accept("killed %-12s %d of %d | %d of %d tasks fed | %d episodes, %d open"
                    .formatted(
                            victim.script().name(),
                            kill,
                            plan.kills(),
                            feeder.sent(),
                            plan.tasks(),
                            pulse.episodes(),
                            open));
        }
        feed(feeder, plan.tasks());
        return feeder.awaitTaken();
    }

    private void feed(TaskFeeder feeder, int count) {
        pulse.expect(feeder.upTo(count) * ChaosPlan.EPISODES);
    }

    /** Exponential, so that kills come close together as well as far apart. */
    private Duration gap() {
        double factor = -Math.log(1 - random.nextDouble());
        Duration drawn = Duration.ofMillis((long) (plan.meanGap().toMillis() * factor));
        return drawn.compareTo(SHORTEST_GAP) < 0 ? SHORTEST_GAP : drawn;
    }

    private Audit drain(Ensemble ensemble, KafkaClients clients) throws InterruptedException {
        awaitReady("all processes to be ready again", ensemble);
        var auditor = new Auditor(clients, "troupe-coordinator", _ -> {});
        Audit audit = auditor.audit();
        long lastChange = System.nanoTime();
        while (audit.count(State.OPEN) > 0 && System.nanoTime() - lastChange < STUCK_AFTER.toNanos()) {
            progress.accept("waiting for %d open tasks".formatted(audit.count(State.OPEN)));
            pause(LOOK_INTERVAL);
            Audit next = auditor.audit();
            if (next.count(State.OPEN) != audit.count(State.OPEN)) {
                lastChange = System.nanoTime();
            }
            audit = next;
        }
        return audit;
    }

    private ChaosReport report(Ensemble ensemble, ChaosReport.Fed fed, KafkaClients clients, Audit audit, Duration took)
            throws InterruptedException {
        var recoveries = new EnumMap<Kind, List<Duration>>(Kind.class);
        for (Member member : ensemble.members()) {
            recoveries
                    .computeIfAbsent(member.script().kind(), _ -> new ArrayList<>())
                    .addAll(member.recoveries());
        }
        int ownEnds = ensemble.members().stream().mapToInt(Member::ownEnds).sum();
        var violence = new ChaosReport.Violence(new TreeMap<>(kills), busyKills, ownEnds, recoveries);
        return new ChaosReport(fed, violence, pulse.longestSilence(), took, Repeats.count(clients), audit);
    }

    private void awaitReady(String what, Ensemble ensemble) throws InterruptedException {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!ensemble.ready()) {
            Optional<String> hopeless = ensemble.hopeless();
            if (hopeless.isPresent()) {
                throw new IllegalStateException("%s ends whenever it is started; its log in %s says why"
                        .formatted(hopeless.get(), plan.directory().resolve("logs")));
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("waited %d s for %s; their logs are in %s"
                        .formatted(
                                READY_WITHIN.toSeconds(), what, plan.directory().resolve("logs")));
            }
            pause(CHECK_INTERVAL);
        }
    }

    private void pause(Duration duration) throws InterruptedException {
        if (never.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("nobody counts this down");
        }
    }
}
