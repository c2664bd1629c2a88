package dev.troupe.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;

/** What transformers computed with a tiny checkpoint; made by src/test/python/make_fixtures.py. */
record Fixture(Path directory, ObjectNode reference) {
    static Fixture of(String name) throws IOException, URISyntaxException {
        var url = Objects.requireNonNull(Fixture.class.getResource("/fixtures/" + name + "/reference.json"));
        Path directory = Objects.requireNonNull(Path.of(url.toURI()).getParent());
        return new Fixture(directory, Json.read(directory.resolve("reference.json"), Reason.CORRUPT_HEADER));
    }

    List<TrainingSequence> sequences() {
        List<TrainingSequence> sequences = new ArrayList<>();
        for (JsonNode node : reference.path("sequences")) {
            sequences.add(new TrainingSequence(
                    ids(node.path("tokens")),
                    node.path("prompt_length").asInt(),
                    node.path("temperature").asDouble()));
        }
        return sequences;
    }

    List<float[]> perToken(String field) {
        return StreamSupport.stream(reference.path("sequences").spliterator(), false)
                .map(node -> floats(node.path(field)))
                .toList();
    }

    /** The factor of each sequence in the reference loss, once per token. */
    List<LogProbs> weights() {
        List<LogProbs> weights = new ArrayList<>();
        for (JsonNode node : reference.path("sequences")) {
            float[] repeated = new float[node.path("logprobs").size()];
            Arrays.fill(repeated, (float) node.path("weight").asDouble());
            weights.add(LogProbs.of(repeated));
        }
        return weights;
    }

    static TokenIds ids(JsonNode array) {
        return TokenIds.of(StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray());
    }

    static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }
}
