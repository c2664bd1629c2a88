package dev.troupe.cli.bench.trainer;

import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.update.StepOutcome;
import dev.troupe.trainer.update.TeamUpdate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A policy and the trainer's own update of it. Used by one thread. */
final class Learner implements AutoCloseable {

    /** The trainer service's default. */
    private static final int MICRO_BATCH_TOKENS = 4096;

    private final TrainablePolicy policy;
    private final TeamUpdate update;
    private int steps;

    Learner(Path model, PolicyOptions compute, GrpoOptions options) throws IOException {
        policy = TrainablePolicy.load(model, compute);
        update = new TeamUpdate(options, MICRO_BATCH_TOKENS, 0);
    }

    /**
     * One step.
     *
     * @param version whose weights sampled the rollouts
     * @throws IOException when a number was not finite
     */
    Map<String, Double> train(Rollouts rollouts, int version) throws IOException {
        var policies = new TreeMap<>(Map.of(Rollouts.POLICY, policy));
        StepOutcome outcome =
                update.apply(policies, Map.of(), Map.of(Rollouts.POLICY, steps), rollouts.groups(version), steps + 1L);
        if (outcome.broken()) {
            throw new IOException("step " + (steps + 1) + " gave a number that is not finite");
        }
        steps++;
        return outcome.metrics();
    }

    /** Steps taken, and so the version of the weights. */
    int version() {
        return steps;
    }

    void save(Path directory) throws IOException {
        policy.save(directory);
    }

    @Override
    public void close() {
        policy.close();
    }
}
