package dev.troupe.cli.bench.swap;

import static java.util.Objects.requireNonNull;

import dev.troupe.cli.local.LocalSettings;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.runtime.artifact.FileArtifacts;
import dev.troupe.schemas.avro.ModelVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The artifacts that versions are announced with. A few serve for any number of versions, since an agent reads, checks
 * and loads each version anew.
 */
final class CheckpointShelf {

    private static final int GOOD = 4;
    private static final String CONFIG = "config.json";
    private static final List<String> TOKENIZER =
            List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json");

    private final String policyId;
    private final CheckpointSize size;
    private final ArtifactStore store;
    private final Path scratch;
    private final List<Artifact> good = new ArrayList<>();
    private final Map<Fault, Artifact> bad = new EnumMap<>(Fault.class);

    private CheckpointShelf(String policyId, CheckpointSize size, Path artifacts, Path scratch) {
        this.policyId = policyId;
        this.size = size;
        this.store = new FileArtifacts(artifacts);
        this.scratch = scratch;
    }

    /**
     * Writes and publishes them.
     *
     * @param artifacts root of the store
     * @param scratch directory for what is published
     */
    static CheckpointShelf fill(String policyId, CheckpointSize size, Path artifacts, Path scratch)
            throws IOException, ArtifactException {
        var shelf = new CheckpointShelf(policyId, size, artifacts, scratch);
        long seed = 0;
        for (int i = 0; i < GOOD; i++) {
            shelf.good.add(shelf.store.publish(shelf.checkpoint(size, seed++), policyId));
        }
        for (Fault fault : Fault.values()) {
            Path directory = shelf.checkpoint(size, seed++);
            if (fault == Fault.WRONG_SHAPE) {
                shelf.disguise(directory);
            }
            Artifact artifact = shelf.store.publish(directory, policyId);
            fault.befall(Path.of(URI.create(artifact.uri())));
            shelf.bad.put(fault, artifact);
        }
        return shelf;
    }

    private Path checkpoint(CheckpointSize of, long seed) throws IOException {
        Path directory = Files.createDirectories(scratch.resolve(of.name() + "-" + seed));
        try (var policy = TrainablePolicy.initialize(of.config(), seed)) {
            policy.save(directory);
        }
        Path reference = LocalSettings.examples().resolve("reference-policy");
        for (String file : TOKENIZER) {
            Files.copy(reference.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        return directory;
    }

    /** Gives it the config.json of another size. */
    private void disguise(Path directory) throws IOException {
        CheckpointSize other = CheckpointSize.ALL.stream()
                .filter(candidate -> !candidate.equals(size))
                .findFirst()
                .orElseThrow();
        Path source = checkpoint(other, -1);
        Files.copy(source.resolve(CONFIG), directory.resolve(CONFIG), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The record that announces a version, with what may be wrong with it. */
    ModelVersion version(int number, Optional<Fault> fault) {
        Artifact artifact =
                fault.map(of -> requireNonNull(bad.get(of))).orElseGet(() -> good.get(number % good.size()));
        return ModelVersion.newBuilder()
                .setPolicyId(policyId)
                .setVersion(number)
                .setParent(number == 0 ? null : number - 1)
                .setTeamId(policyId)
                .setArtifactUri(artifact.uri())
                .setFiles(artifact.files())
                .setTrainingStep(number)
                .setCreatedAt(System.currentTimeMillis())
                .build();
    }
}
