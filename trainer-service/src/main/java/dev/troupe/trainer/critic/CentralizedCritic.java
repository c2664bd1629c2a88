package dev.troupe.trainer.critic;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.ComputeDevice;
import dev.troupe.policy.TrainableCritic;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.SkipReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One critic for a team, which sees what all roles know, while each role acts on what it knows itself (CoLLM-CC, arXiv
 * 2601.21972). Its network comes of {@link #begin} or {@link #restore}. Owned by one thread.
 */
public final class CentralizedCritic implements AutoCloseable {
    /** The file of its optimizer, beside those of the network. */
    public static final String OPTIMIZER = "optimizer.safetensors";

    private final CriticOptions options;
    private final ComputeDevice device;
    private @Nullable TrainableCritic network;

    public CentralizedCritic(CriticOptions options, ComputeDevice device) {
        this.options = requireNonNull(options, "options is null");
        this.device = requireNonNull(device, "device is null");
    }

    /** Takes a network over, and closes the one before. */
    private void install(TrainableCritic other) {
        close();
        network = other;
    }

    /** Whether it has learnt long enough to be listened to. */
    public boolean isWarm() {
        return network().stepCount() >= options.warmupSteps();
    }

    /** What the network expected of the episodes, all of them scored. */
    public Assessment assess(List<RolloutEpisode> scored) {
        TrainableCritic critic = network();
        return new Assessment(scored, options.gamma(), critic.config().positions(), critic::values);
    }

    /** What a step did to the network. */
    public sealed interface Outcome {
        /** It learnt; figures are of before the step. */
        record Learnt(Map<String, Double> metrics) implements Outcome {
            public Learnt {
                metrics = Map.copyOf(metrics);
            }
        }

        /** A number was not finite, as the detail tells people; the network must be replaced. */
        record Broken(SkipReason reason, String detail) implements Outcome {}
    }

    /** One step on what came of the episodes: half the squared error of its values, averaged over turns. */
    public Outcome learn(Assessment assessment) {
        if (assessment.isEmpty()) {
            return new Outcome.Learnt(Map.of());
        }
        TrainableCritic critic = network();
        double loss = critic.accumulate(assessment.histories(), assessment.loss());
        if (!Double.isFinite(loss)) {
            critic.zeroGradients();
            return new Outcome.Broken(SkipReason.NON_FINITE_LOSS, "the loss of the critic is " + loss);
        }
        double norm = critic.step(options.optimizer());
        return Double.isFinite(norm)
                ? new Outcome.Learnt(Map.of(
                        "critic/loss",
                        loss,
                        "critic/grad_norm",
                        norm,
                        "critic/value_mean",
                        assessment.valueMean(),
                        "critic/explained_variance",
                        assessment.explainedVariance()))
                : new Outcome.Broken(SkipReason.NON_FINITE_GRADIENT, "the norm of the critic's gradient is " + norm);
    }

    /** Writes all that {@link #restore} needs to go on as if it had not stopped. */
    public void save(Path directory) throws IOException {
        network().save(directory);
        network().saveOptimizer(directory.resolve(OPTIMIZER));
    }

    /** Takes up the network that {@link #save} has written. */
    public void restore(Path directory) throws IOException {
        TrainableCritic restored = TrainableCritic.load(directory, device);
        try {
            restored.loadOptimizer(directory.resolve(OPTIMIZER));
        } catch (IOException | RuntimeException e) {
            restored.close();
            throw e;
        }
        install(restored);
    }

    /** Begins anew from a checkpoint; without a value head everything is worth nothing at first. */
    public void begin(Path directory) throws IOException {
        install(TrainableCritic.load(directory, device));
    }

    /** Tokens that the network knows. */
    public int vocabSize() {
        return network().config().vocabSize();
    }

    /** Where it starts from, unless from the team's first policy. */
    public Optional<Path> checkpoint() {
        return options.checkpoint();
    }

    private TrainableCritic network() {
        if (network == null) {
            throw new IllegalStateException("the critic has no network yet");
        }
        return network;
    }

    @Override
    public void close() {
        if (network != null) {
            network.close();
            network = null;
        }
    }
}
