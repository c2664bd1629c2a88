package dev.troupe.reward.judge;

import static dev.troupe.schemas.TopicCatalog.JUDGEMENTS;
import static dev.troupe.schemas.TopicCatalog.JUDGES_GROUP;
import static dev.troupe.schemas.TopicCatalog.STEPS;

import dev.troupe.reward.containment.Containment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.sandbox.OwnedSandbox;
import dev.troupe.reward.sandbox.PythonProgram;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.SandboxVerdict;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.Sandboxes;
import dev.troupe.reward.sandbox.VerdictCache;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.RetryLaterException;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.runtime.kafka.WorkQueue;
import dev.troupe.runtime.kafka.WorkQueueOptions;
import dev.troupe.runtime.lifecycle.Service;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One judge: takes steps from the work queue, judges them and publishes; owns its sandbox. */
final class JudgeWorker implements Service {

    private static final Duration SANDBOX_RETRY = Duration.ofSeconds(2);

    private final String name;
    private final Runnable closeSandbox;
    private final TopicWriter writer;
    private final WorkQueue<Step> queue;
    private final Judge judge;

    private JudgeWorker(
            String name,
            KafkaClients clients,
            Environments environments,
            Parts parts,
            Sandbox sandbox,
            Runnable closeSandbox) {
        this.name = name;
        this.closeSandbox = closeSandbox;
        this.judge = new Judge(name, environments, sandbox, parts.containment(), parts.metrics());
        this.writer = new TopicWriter(clients, name);
        this.queue = WorkQueue.of(
                clients,
                JUDGES_GROUP,
                STEPS,
                WorkQueueOptions.ofBatch(
                        parts.options().batch(), parts.options().protocol()),
                this::handle);
    }

    /** What the workers of a service share. */
    record Parts(
            JudgeOptions options,
            Optional<Sandboxes> sandboxes,
            VerdictCache cache,
            Containment containment,
            JudgeMetrics metrics) {}

    /**
     * Starts a sandbox for the worker, unless the judges do without; it takes no step before {@link #start}.
     *
     * @throws SandboxUnavailableException when the sandbox does not start or does not keep a program in
     */
    static JudgeWorker create(String name, KafkaClients clients, Environments environments, Parts parts)
            throws SandboxUnavailableException, InterruptedException {
        if (parts.sandboxes().isEmpty()) {
            return new JudgeWorker(name, clients, environments, parts, JudgeWorker::refuse, () -> {});
        }
        OwnedSandbox sandbox = parts.sandboxes().get().start();
        Sandbox counted = program -> counted(sandbox.run(program), parts.metrics());
        return new JudgeWorker(name, clients, environments, parts, parts.cache().before(counted), sandbox::close);
    }

    private static SandboxVerdict refuse(PythonProgram program) {
        throw new SandboxOffException();
    }

    private static SandboxVerdict counted(SandboxVerdict verdict, JudgeMetrics metrics) {
        metrics.program(
                switch (verdict) {
                    case Finished _ -> "finished";
                    case Failed failed -> failed.failure().name().toLowerCase(Locale.ROOT);
                });
        return verdict;
    }

    private void handle(List<Step> steps) throws InterruptedException {
        var sent = new ArrayList<CompletableFuture<Origin>>(steps.size());
        for (Step step : steps) {
            Judgement judgement;
            try {
                judgement = judge.judge(step);
            } catch (SandboxLostException e) {
                throw new RetryLaterException("sandbox lost: " + e.getMessage(), SANDBOX_RETRY, e);
            }
            sent.add(writer.send(JUDGEMENTS, judgement.getTaskId(), judgement));
        }
        TopicWriter.await(sent);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start() {
        queue.start();
    }

    @Override
    public boolean live() {
        return queue.live();
    }

    @Override
    public boolean ready() {
        return queue.ready();
    }

    /** The queue first, so that no step is judged with half of the parts gone. */
    @Override
    public void close() {
        queue.close();
        closeSandbox.run();
        writer.close();
    }
}
