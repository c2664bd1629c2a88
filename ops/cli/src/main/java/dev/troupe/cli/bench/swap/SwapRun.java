package dev.troupe.cli.bench.swap;

import dev.troupe.agent.AgentService;
import dev.troupe.cli.files.Directories;
import dev.troupe.local.LocalCluster;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.avro.ActivationStatus;
import dev.troupe.schemas.avro.ModelActivation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** One size and mode: a broker and an agent of their own, and versions one after another. */
final class SwapRun {

    private static final String POLICY = "bench";
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int LOOKS = 50;

    /** An eighth of the turns under way are played between one version and the next, at least. */
    private static final int SHARE = 8;

    private final SwapPlan plan;
    private final CheckpointSize size;
    private final String mode;
    private final Consumer<String> progress;
    private final Residence residence = new Residence();
    private final Map<Fault, Integer> refused = new EnumMap<>(Fault.class);
    private int active;

    /** @param mode of {@code agent.swap} */
    SwapRun(SwapPlan plan, CheckpointSize size, String mode, Consumer<String> progress) {
        this.plan = plan;
        this.size = size;
        this.mode = mode;
        this.progress = progress;
    }

    SwapResult run() throws IOException, ArtifactException, InterruptedException {
        Path directory = Files.createTempDirectory("troupe-bench");
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("cluster"), 0, 0)) {
            var all = new TreeMap<>(cluster.settings());
            // Turns here ask for the newest alone: what is in memory is what hot-load keeps.
            all.put("agent.pinned.versions", "0");
            all.putAll(plan.settings());
            all.put("agent.swap", mode);
            all.put("agent.decoders", "1");
            Path artifacts = Path.of(String.valueOf(all.get("artifacts.dir")));
            CheckpointShelf shelf = CheckpointShelf.fill(POLICY, size, artifacts, directory.resolve("checkpoints"));
            return run(Settings.of(all), shelf);
        } finally {
            Directories.delete(directory);
        }
    }

    private SwapResult run(Settings settings, CheckpointShelf shelf) throws IOException, InterruptedException {
        var tape = new StepTape();
        try (var clients = new KafkaClients(settings, tape);
                var agent = new AgentService(settings, clients, tape);
                var announcements = new Announcements(clients);
                var load = new Saturation(clients, POLICY, plan.window(), plan.maxTokens())) {
            settings.check();
            announcements.start();
            agent.start();
            announce(announcements, shelf, 0);
            load.start();
            load.awaitPlayed(plan.window(), WITHIN);
            long begun = System.nanoTime();
            double busy = BusyAgent.seconds(tape);
            long tokens = load.account().tokens();
            for (int version = 1; version <= plan.versions(); version++) {
                next(version, announcements, shelf, load);
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            double busyShare = (BusyAgent.seconds(tape) - busy) / seconds;
            double tokensPerSecond = (load.account().tokens() - tokens) / seconds;
            return new SwapResult(
                    size.name(),
                    mode,
                    plan.versions(),
                    active,
                    Map.copyOf(refused),
                    load.finish(WITHIN),
                    Pauses.of(tape.steps(), tape.pauses(), tape.swaps(), residence.looks()),
                    Millis.of(tape.swaps().stream().mapToLong(swap -> swap.at() - swap.loadedSince())),
                    residence.points(),
                    busyShare,
                    tokensPerSecond);
        }
    }

    /** One more version; the load goes on with it, or in spite of it, before this returns. */
    private void next(int version, Announcements announcements, CheckpointShelf shelf, Saturation load)
            throws IOException, InterruptedException {
        if (announce(announcements, shelf, version)) {
            load.awaitPlayedBy(version, WITHIN);
        }
        load.awaitPlayed(Math.max(1, plan.window() / SHARE), WITHIN);
        if (version % Math.max(1, plan.versions() / LOOKS) == 0) {
            residence.look(version);
        }
        if (version % Math.max(1, plan.versions() / 10) == 0) {
            progress.accept("%s, %s: version %d of %d, %d turns played"
                    .formatted(
                            size.name(),
                            mode,
                            version,
                            plan.versions(),
                            load.account().played()));
        }
    }

    /** @return whether it is active; one with a fault that is active all the same ends the run */
    private boolean announce(Announcements announcements, CheckpointShelf shelf, int version)
            throws IOException, InterruptedException {
        Optional<Fault> fault = fault(version);
        ModelActivation word = announcements.announce(shelf.version(version, fault), WITHIN);
        boolean isActive = word.getStatus() == ActivationStatus.ACTIVE;
        if (isActive == fault.isPresent()) {
            throw new IOException("version %d (%s) is %s: %s"
                    .formatted(
                            version,
                            fault.map(Enum::name).orElse("whole"),
                            word.getStatus(),
                            String.valueOf(word.getReason())));
        }
        active += isActive ? 1 : 0;
        fault.ifPresent(of -> refused.merge(of, 1, Integer::sum));
        return isActive;
    }

    private Optional<Fault> fault(int version) {
        if (version == 0 || plan.faultEvery() == 0 || version % plan.faultEvery() != 0) {
            return Optional.empty();
        }
        Fault[] all = Fault.values();
        return Optional.of(all[version / plan.faultEvery() % all.length]);
    }
}
