package dev.troupe.cli.bench.trainer;

import dev.troupe.policy.PolicyOptions;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.SamplingCorrection;
import dev.troupe.trainer.grpo.SamplingCorrection.Mode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Our step of each kind of work. */
sealed interface Loop extends AutoCloseable {

    /** Takes one step and returns its metrics under TRL's names. */
    Map<String, Double> step() throws IOException;

    Learner learner();

    @Override
    void close();

    /** @param exchange directory by which weights get from the trainer to the sampler */
    static Loop of(Side.Task task, PolicyOptions compute, double learningRate, Path exchange) throws IOException {
        GrpoOptions options = GrpoOptions.defaults(learningRate);
        // Given completions are as old as the weights that training began with; the other side does not correct that.
        var uncorrected = options.with(new SamplingCorrection(Mode.NONE, OptionalDouble.empty(), 3));
        return switch (task.work()) {
            case TRAIN -> new Given(new Learner(task.model(), compute, uncorrected), task.replay());
            case TURNS ->
                new Turns(
                        new Learner(task.model(), compute, options),
                        new Sampler(task.size(), compute),
                        exchange.resolve("weights"));
            case OVERLAP ->
                new Overlap(new Learner(task.model(), compute, options), new Sampler(task.size(), compute), exchange);
        };
    }

    /** Trains on the same completions again and again. */
    record Given(Learner learner, Rollouts replay) implements Loop {
        @Override
        public Map<String, Double> step() throws IOException {
            return learner.train(replay, learner.version());
        }

        @Override
        public void close() {
            learner.close();
        }
    }

    /** Samples with the newest weights, then trains. */
    record Turns(Learner learner, Sampler sampler, Path weights) implements Loop {
        @Override
        public Map<String, Double> step() throws IOException {
            learner.save(weights);
            return learner.train(sampler.sample(weights), learner.version());
        }

        @Override
        public void close() {
            sampler.close();
            learner.close();
        }
    }

    /** Samples what the next step trains on while it trains; versions take turns in two directories. */
    final class Overlap implements Loop {
        private final Learner learner;
        private final Sampler sampler;
        private final Path exchange;
        private final ExecutorService sampling = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("bench-sampler").factory());
        private Rollouts next;

        Overlap(Learner learner, Sampler sampler, Path exchange) throws IOException {
            this.learner = learner;
            this.sampler = sampler;
            this.exchange = exchange;
            learner.save(weights(0));
            next = sampler.sample(weights(0));
        }

        private Path weights(int version) {
            return exchange.resolve("weights-" + version % 2);
        }

        @Override
        public Map<String, Double> step() throws IOException {
            int version = learner.version();
            Future<Rollouts> sampled = sampling.submit(() -> sampler.sample(weights(version)));
            Map<String, Double> metrics = learner.train(next, Math.max(0, version - 1));
            learner.save(weights(version + 1));
            next = result(sampled);
            return metrics;
        }

        private static Rollouts result(Future<Rollouts> sampled) throws IOException {
            try {
                return sampled.get();
            } catch (ExecutionException e) {
                throw new IOException("sampling failed: " + e.getCause(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while the sampler works");
            }
        }

        @Override
        public Learner learner() {
            return learner;
        }

        @Override
        public void close() {
            sampling.close();
            sampler.close();
            learner.close();
        }
    }
}
