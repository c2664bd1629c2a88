package dev.troupe.reward.judge;

import dev.troupe.reward.containment.Containment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.sandbox.OwnedSandbox;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxOptions;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.Sandboxes;
import dev.troupe.reward.sandbox.VerdictCache;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Step;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges in the caller's process as a worker does, with the same containment. Its sandbox starts when an environment
 * first runs a program. For one thread.
 */
public final class LocalJudge implements AutoCloseable {

    private final Optional<Sandboxes> sandboxes;
    private final Containment containment;
    private final Judge judge;
    // guarded by this
    private @Nullable OwnedSandbox sandbox;

    /** @param name what its judgements are signed with */
    public LocalJudge(String name, Environments environments, JudgeOptions options, MeterRegistry meters) {
        this.sandboxes = options.sandbox().map(Sandboxes::new);
        // The first judgement that runs a program waits for the sandbox to start, too.
        Duration startup = options.sandbox().map(SandboxOptions::startup).orElse(Duration.ZERO);
        this.containment = new Containment(options.timeout().plus(startup), JudgeOptions.TIMEOUT);
        this.judge = new Judge(
                name,
                environments,
                new VerdictCache(options.cache()).before(program -> started().run(program)),
                containment,
                new JudgeMetrics(meters));
    }

    /**
     * The judgement of a step.
     *
     * @throws SandboxUnavailableException when the step can be judged, but not without a sandbox that holds
     */
    public Judgement judge(Step step) throws SandboxUnavailableException, InterruptedException {
        try {
            return judge.judge(step);
        } catch (SandboxLostException e) {
            throw new SandboxUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Called on the threads of the judgements. */
    private synchronized Sandbox started() throws SandboxUnavailableException, InterruptedException {
        if (sandbox == null) {
            sandbox = sandboxes.orElseThrow(SandboxOffException::new).start();
        }
        return sandbox;
    }

    @Override
    public synchronized void close() {
        containment.close();
        if (sandbox != null) {
            sandbox.close();
        }
    }
}
