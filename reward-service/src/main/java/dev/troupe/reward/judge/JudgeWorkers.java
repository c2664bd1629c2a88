package dev.troupe.reward.judge;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.containment.Containment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.Sandboxes;
import dev.troupe.reward.sandbox.VerdictCache;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.lifecycle.Service;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The judges of a reward service. Programs that one of them has run are known to all. */
public final class JudgeWorkers implements Service {

    private static final Logger LOGGER = LoggerFactory.getLogger(JudgeWorkers.class);

    private final JudgeOptions options;
    private final KafkaClients clients;
    private final Environments environments;
    private final Containment containment;
    private final List<JudgeWorker> workers = new CopyOnWriteArrayList<>();

    public JudgeWorkers(KafkaClients clients, Environments environments, JudgeOptions options) {
        this.clients = requireNonNull(clients, "clients is null");
        this.environments = requireNonNull(environments, "environments is null");
        this.options = requireNonNull(options, "options is null");
        this.containment = new Containment(options.timeout(), JudgeOptions.TIMEOUT);
    }

    @Override
    public String name() {
        return "judges";
    }

    /**
     * Starts the workers and their sandboxes, which takes some seconds, or workers alone where the sandbox is off.
     *
     * @throws IllegalStateException when a sandbox does not start or does not keep a program in: nothing is judged then
     */
    @Override
    public void start() {
        var metrics = new JudgeMetrics(clients.meters());
        metrics.watch(containment);
        var parts = new JudgeWorker.Parts(
                options,
                options.sandbox().map(Sandboxes::new),
                new VerdictCache(options.cache()),
                containment,
                metrics);
        String id = UUID.randomUUID().toString().substring(0, 8);
        long started = System.nanoTime();
        try {
            for (int i = 0; i < options.workers(); i++) {
                workers.add(JudgeWorker.create("judge-%s-%d".formatted(id, i), clients, environments, parts));
            }
        } catch (SandboxUnavailableException e) {
            close();
            throw new IllegalStateException("judges need a sandbox that holds: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the sandboxes started", e);
        }
        if (options.sandbox().isEmpty()) {
            LOGGER.atWarn().log("judge.sandbox is off: tasks whose environment runs programs end without a score");
        }
        workers.forEach(JudgeWorker::start);
        LOGGER.atInfo()
                .addKeyValue("workers", workers.size())
                .addKeyValue("millis", (System.nanoTime() - started) / 1_000_000)
                .log("judges are ready");
    }

    /** Not when too many judgements were left behind or memory ran out in one: a new process has neither. */
    @Override
    public boolean live() {
        return containment.live() && workers.stream().allMatch(JudgeWorker::live);
    }

    @Override
    public boolean ready() {
        return !workers.isEmpty() && workers.stream().allMatch(JudgeWorker::ready);
    }

    @Override
    public void close() {
        for (JudgeWorker worker : workers) {
            try {
                worker.close();
            } catch (RuntimeException e) {
                LOGGER.atWarn().addKeyValue("error", e.toString()).log("a judge did not close cleanly");
            }
        }
        workers.clear();
        containment.close();
    }
}
