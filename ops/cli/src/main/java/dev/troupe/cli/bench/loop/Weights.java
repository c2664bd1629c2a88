package dev.troupe.cli.bench.loop;

import dev.troupe.cli.files.Directories;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.ServingPolicy;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.trainer.GrpoSettings;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.rollout.GroupReader;
import dev.troupe.trainer.update.StepOutcome;
import dev.troupe.trainer.update.TeamUpdate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The trainer's half of a plain loop: a policy, its update, and the way to what samples. Owned by one thread. */
final class Weights implements AutoCloseable {

    private final String policyId;
    private final PolicyOptions serving;
    private final GrpoOptions options;
    private final TrainablePolicy policy;
    private final TeamUpdate update;
    private final Path exchange;
    private int version;
    private double trainedSeconds;
    private double publishedSeconds;

    Weights(String policyId, Path initial, Settings settings, int steps, Path exchange) throws IOException {
        this.policyId = policyId;
        this.serving = compute(settings, "agent");
        this.options = GrpoSettings.read(settings, steps);
        this.exchange = exchange;
        this.update = new TeamUpdate(options, settings.integer("trainer.micro.batch.tokens", 4096, 1, 1 << 24), steps);
        this.policy = TrainablePolicy.load(initial, compute(settings, "trainer"));
    }

    static PolicyOptions compute(Settings settings, String who) {
        return PolicyOptions.parse(
                settings.text(who + ".backend", "ndarray").strip(),
                settings.text(who + ".precision", "float32").strip(),
                settings.text(who + ".device", "cpu").strip(),
                false);
    }

    /** A version that can be sampled. */
    record Served(ServingPolicy policy, int version) implements AutoCloseable {
        @Override
        public void close() {
            policy.close();
        }
    }

    /** Trains on the groups of a step, and hands the new weights over by a directory, as any trainer and sampler do. */
    Served train(List<EpisodeGroup> groups) throws IOException {
        long begun = System.nanoTime();
        var reader =
                new GroupReader(Map.of(policyId, policy.config()), Map.of(policyId, version), options.aggregation());
        StepOutcome outcome = update.apply(
                new TreeMap<>(Map.of(policyId, policy)),
                Map.of(),
                Map.of(policyId, version),
                groups.stream().map(reader::read).toList(),
                version + 1L);
        if (outcome.broken()) {
            throw new IOException("step " + (version + 1) + " gave a number that is not finite");
        }
        version++;
        long trained = System.nanoTime();
        Path directory = Files.createDirectories(exchange.resolve(Integer.toString(version)));
        policy.save(directory);
        var served = new Served(ServingPolicy.load(directory, serving), version);
        Directories.delete(directory);
        long published = System.nanoTime();
        trainedSeconds += (published - begun) / 1e9;
        publishedSeconds += (published - trained) / 1e9;
        return served;
    }

    /** Of all steps, with what publishing took. */
    double trainedSeconds() {
        return trainedSeconds;
    }

    double publishedSeconds() {
        return publishedSeconds;
    }

    @Override
    public void close() {
        policy.close();
    }
}
