package dev.troupe.trainer.checkpoint;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.schemas.avro.ArtifactFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a checkpoint says beside weights and optimizer. It holds no time and no absolute address, so that equal training
 * gives equal bytes; the trainer draws no random numbers, so there is no random state to keep.
 *
 * @param policyId policy
 * @param version model version this checkpoint was written for
 * @param step of the team's trainer, from 1; 0 is the initial checkpoint
 * @param numTokens prompt and completion tokens consumed so far; TRL's {@code num_tokens}
 * @param consumed by partition of {@code episode-groups}, the offset behind the team's last group that was consumed
 * @param initial the artifact of version 0, addressed from the store's root; empty in checkpoints of earlier releases.
 *     Its record may be compacted away long before training ends
 */
public record TrainingState(
        String policyId,
        int version,
        long step,
        long numTokens,
        SortedMap<Integer, Long> consumed,
        Optional<Artifact> initial) {
    static final String FILE = "training_state.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    public TrainingState {
        requireNonNull(policyId, "policyId is null");
        requireNonNull(initial, "initial is null");
        if (version < 0 || step < 0 || numTokens < 0) {
            throw new IllegalArgumentException(
                    "version, step and numTokens must be 0 or more: " + version + ", " + step + ", " + numTokens);
        }
        consumed = Collections.unmodifiableSortedMap(new TreeMap<>(consumed));
        consumed.forEach((partition, offset) -> {
            if (partition < 0 || offset < 0) {
                throw new IllegalArgumentException("no such offset: partition " + partition + ", " + offset);
            }
        });
    }

    void write(Path directory) throws IOException {
        ObjectNode node = JSON.createObjectNode();
        node.put("policy_id", policyId);
        node.put("version", version);
        node.put("step", step);
        node.put("num_tokens", numTokens);
        ObjectNode offsets = node.putObject("consumed_offsets");
        consumed.forEach((partition, offset) -> offsets.put(Integer.toString(partition), offset));
        initial.ifPresent(artifact -> put(node.putObject("initial"), artifact));
        Files.writeString(directory.resolve(FILE), node.toPrettyString() + "\n");
    }

    private static void put(ObjectNode node, Artifact artifact) {
        node.put("uri", artifact.uri());
        ArrayNode files = node.putArray("files");
        artifact.files()
                .forEach(file -> files.addObject()
                        .put("name", file.getName())
                        .put("sha256", file.getSha256())
                        .put("size", file.getSize()));
    }

    static TrainingState read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        JsonNode node = JSON.readTree(file.toFile());
        if (node == null
                || !node.path("policy_id").isTextual()
                || !node.path("step").canConvertToLong()) {
            throw new IOException(
                    file + ": policy_id or step is missing; the file is not a state that this trainer wrote");
        }
        var consumed = new TreeMap<Integer, Long>();
        try {
            node.path("consumed_offsets")
                    .properties()
                    .forEach(offset -> consumed.put(
                            Integer.valueOf(offset.getKey()), offset.getValue().asLong(-1)));
            return new TrainingState(
                    node.path("policy_id").asText(),
                    node.path("version").asInt(),
                    node.path("step").asLong(),
                    node.path("num_tokens").asLong(),
                    consumed,
                    artifact(node.path("initial")));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static Optional<Artifact> artifact(JsonNode node) {
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        var files = new ArrayList<ArtifactFile>();
        node.path("files")
                .forEach(file -> files.add(ArtifactFile.newBuilder()
                        .setName(file.path("name").asText())
                        .setSha256(file.path("sha256").asText())
                        .setSize(file.path("size").asLong())
                        .build()));
        return Optional.of(new Artifact(node.path("uri").asText(), files));
    }

    /** Where a policy stands before its first step. */
    static TrainingState first(String policyId, long step, Artifact initial) {
        return new TrainingState(policyId, 0, step, 0, Collections.emptySortedMap(), Optional.of(initial));
    }

    /** The same under another number. */
    public TrainingState at(int newVersion, long newStep) {
        return new TrainingState(policyId, newVersion, newStep, numTokens, consumed, initial);
    }

    /** @param offsets as {@link #consumed}, of partitions where more has been consumed since */
    public TrainingState next(long newStep, long newTokens, Map<Integer, Long> offsets) {
        var all = new TreeMap<>(consumed);
        all.putAll(offsets);
        return new TrainingState(policyId, version + 1, newStep, newTokens, all, initial);
    }
}
