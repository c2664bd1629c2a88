package dev.troupe.trainer.checkpoint;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a checkpoint says beside weights and optimizer. It holds no time, so that equal training gives equal bytes; the
 * trainer draws no random numbers, so there is no random state to keep.
 *
 * @param policyId policy
 * @param version model version this checkpoint was written for
 * @param step of the team's trainer, from 1; 0 is the initial checkpoint
 * @param numTokens prompt and completion tokens consumed so far; TRL's {@code num_tokens}
 */
public record TrainingState(String policyId, int version, long step, long numTokens) {
    static final String FILE = "training_state.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    public TrainingState {
        requireNonNull(policyId, "policyId is null");
        if (version < 0 || step < 0 || numTokens < 0) {
            throw new IllegalArgumentException(
                    "version, step and numTokens must be 0 or more: " + version + ", " + step + ", " + numTokens);
        }
    }

    void write(Path directory) throws IOException {
        var node = JSON.createObjectNode();
        node.put("policy_id", policyId);
        node.put("version", version);
        node.put("step", step);
        node.put("num_tokens", numTokens);
        Files.writeString(directory.resolve(FILE), node.toPrettyString() + "\n");
    }

    static TrainingState read(Path directory) throws IOException {
        JsonNode node = JSON.readTree(directory.resolve(FILE).toFile());
        if (node == null
                || !node.path("policy_id").isTextual()
                || !node.path("step").canConvertToLong()) {
            throw new IOException(directory.resolve(FILE) + ": policy_id or step is missing; the file is not a state"
                    + " that this trainer wrote");
        }
        return new TrainingState(
                node.path("policy_id").asText(),
                node.path("version").asInt(),
                node.path("step").asLong(),
                node.path("num_tokens").asLong());
    }
}
