package dev.troupe.reward.judge;

import dev.troupe.reward.collaboration.Collaboration;
import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.Judging;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the environment of a step judge it, and contains whatever an environment does. */
final class Judge {

    private static final Logger LOGGER = LoggerFactory.getLogger(Judge.class);

    private final String name;
    private final Environments environments;
    private final Judging judging;
    private final JudgeMetrics metrics;

    Judge(String name, Environments environments, Sandbox sandbox, JudgeMetrics metrics) {
        this.name = name;
        this.environments = environments;
        this.judging = () -> sandbox;
        this.metrics = metrics;
    }

    /**
     * The judgement of a step.
     *
     * @throws SandboxLostException when the step can be judged, but not here and now
     */
    Judgement judge(Step step) throws SandboxLostException, InterruptedException {
        long started = System.nanoTime();
        Optional<Environment> environment = environments.find(step.getTask().getEnvironment());
        Outcome outcome = environment.isPresent()
                ? contained(environment.get(), step)
                : new Unscorable(
                        UnscorableReason.UNKNOWN_ENVIRONMENT,
                        "'%s' is not one of %s".formatted(step.getTask().getEnvironment(), environments));
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
        metrics.judged(environment.map(Environment::name).orElse("unknown"), tag(outcome), time);
        return judgement(step, outcome, time);
    }

    private Outcome contained(Environment environment, Step step) throws InterruptedException {
        try {
            return Collaboration.of(environment, step.getTask()).judge(step, judging);
        } catch (InvalidTaskException e) {
            return new Unscorable(UnscorableReason.INVALID_TASK, String.valueOf(e.getMessage()));
        } catch (SandboxOffException e) {
            return new Unscorable(UnscorableReason.SANDBOX_OFF, environment.name() + ": " + e.getMessage());
        } catch (RuntimeException | StackOverflowError e) {
            LOGGER.atError()
                    .setCause(e)
                    .addKeyValue("taskId", step.getTask().getTaskId())
                    .log("environment failed");
            return new Unscorable(UnscorableReason.ENVIRONMENT_FAILED, environment.name() + ": " + e);
        }
    }

    private Judgement judgement(Step step, Outcome outcome, Duration time) {
        Judgement.Builder judgement = Judgement.newBuilder()
                .setTaskId(step.getTask().getTaskId())
                .setEpisode(step.getEpisode())
                .setTurn(step.getTurn())
                .setJudgedBy(name)
                .setJudgeMillis(time.toMillis());
        switch (outcome) {
            case Continue next -> judgement.setObservations(next.observations());
            case Scored scored -> judgement.setScore(scored.score());
            case Unscorable unscorable -> judgement.setUnscorable(unscorable.reason() + ": " + unscorable.detail());
        }
        return judgement.build();
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
