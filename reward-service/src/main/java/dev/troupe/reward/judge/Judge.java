package dev.troupe.reward.judge;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.collaboration.Collaboration;
import dev.troupe.reward.containment.Containment;
import dev.troupe.reward.containment.OverdueException;
import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Continue;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Step;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the environment of a step judge it, and contains whatever an environment does. */
final class Judge {

    private static final Logger LOGGER = LoggerFactory.getLogger(Judge.class);

    private final String name;
    private final Environments environments;
    private final Sandbox sandbox;
    private final Containment containment;
    private final JudgeMetrics metrics;

    Judge(String name, Environments environments, Sandbox sandbox, Containment containment, JudgeMetrics metrics) {
        this.name = name;
        this.environments = environments;
        this.sandbox = sandbox;
        this.containment = containment;
        this.metrics = metrics;
    }

    /**
     * The judgement of a step.
     *
     * @throws SandboxLostException when the step can be judged, but not here and now
     */
    Judgement judge(Step step) throws SandboxLostException, InterruptedException {
        long started = System.nanoTime();
        String named = step.getTask().getEnvironment();
        Optional<Environment> environment = environments.find(named);
        Outcome outcome = environment.isPresent()
                ? contained(environment.get(), step)
                : new Unscorable(
                        UnscorableReason.UNKNOWN_ENVIRONMENT, "'%s' is not one of %s".formatted(named, environments));
        if (outcome instanceof Unscorable unscorable) {
            if (unscorable.reason() == UnscorableReason.SANDBOX_UNAVAILABLE) {
                throw new SandboxLostException(unscorable.detail());
            }
            LOGGER.atWarn()
                    .addKeyValue("taskId", step.getTask().getTaskId())
                    .addKeyValue("error", unscorable.reason() + ": " + unscorable.detail())
                    .log("step cannot be judged");
        }
        var time = Duration.ofNanos(System.nanoTime() - started);
        metrics.judged(environment.isPresent() ? named : "unknown", tag(outcome), time);
        return Judgements.of(step, outcome, name, time);
    }

    private Outcome contained(Environment environment, Step step) throws InterruptedException {
        String named = step.getTask().getEnvironment();
        var lease = new Lease(sandbox);
        try {
            Outcome outcome = containment.call(
                    named, () -> Collaboration.of(environment, step.getTask()).judge(step, lease));
            return checked(named, step, outcome);
        } catch (OverdueException e) {
            return new Unscorable(UnscorableReason.ENVIRONMENT_TIMEOUT, String.valueOf(e.getMessage()));
        } catch (ExecutionException e) {
            return failed(named, step, requireNonNull(e.getCause(), "a failure has a cause"));
        } finally {
            lease.end();
        }
    }

    private static Outcome checked(String environment, Step step, @Nullable Outcome outcome) {
        if (outcome == null) {
            return new Unscorable(UnscorableReason.ENVIRONMENT_FAILED, environment + ": judge() answered null");
        }
        return Judgements.problem(step, outcome)
                .<Outcome>map(
                        problem -> new Unscorable(UnscorableReason.ENVIRONMENT_FAILED, environment + ": " + problem))
                .orElse(outcome);
    }

    private static Outcome failed(String environment, Step step, Throwable failure) {
        return switch (failure) {
            case InvalidTaskException e ->
                new Unscorable(UnscorableReason.INVALID_TASK, String.valueOf(e.getMessage()));
            case SandboxOffException e ->
                new Unscorable(UnscorableReason.SANDBOX_OFF, environment + ": " + e.getMessage());
            default -> {
                LOGGER.atError()
                        .setCause(failure)
                        .addKeyValue("taskId", step.getTask().getTaskId())
                        .log("environment failed");
                yield new Unscorable(UnscorableReason.ENVIRONMENT_FAILED, environment + ": " + failure);
            }
        };
    }

    private static String tag(Outcome outcome) {
        return switch (outcome) {
            case Continue _ -> "continue";
            case Scored _ -> "scored";
            case Unscorable unscorable ->
                unscorable.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
    }
}
