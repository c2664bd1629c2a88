package dev.troupe.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.PythonPeer;
import dev.troupe.policy.TokenIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** transformers and PyTorch in a Python process. */
final class TransformersContender implements Contender {

    /** Same threads on both sides; several threads that wait for a busy core would measure the waiting. */
    private static final int THREADS = 1;

    private final ObjectMapper mapper = new ObjectMapper();
    private final Precision precision;
    private final PythonPeer peer;
    private long tokens;

    /**
     * Starts the process and waits until its imports are done.
     *
     * @param python the interpreter, with torch and transformers
     * @param script that the process runs
     * @param errors file for what it prints besides answers
     */
    TransformersContender(Path python, Path script, Precision precision, Path errors) throws IOException {
        this.precision = precision;
        this.peer = new PythonPeer(python, script, precision.label(), THREADS, errors);
    }

    @Override
    public String name() {
        return peer.name();
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public void prepare(ModelSize size, Path model, Workload workload) throws IOException {
        ObjectNode command = mapper.createObjectNode()
                .put("do", workload.kind())
                .put("model", model.toAbsolutePath().toString());
        switch (workload) {
            case Workload.Generate generate -> command.put("newTokens", generate.newTokens());
            case Workload.Train _ -> command.put("learningRate", Workload.Train.LEARNING_RATE);
        }
        ArrayNode sequences = command.putArray("tokens");
        for (TokenIds sequence : workload.inputs(size.config().vocabSize())) {
            sequences.add(mapper.<JsonNode>valueToTree(sequence.toArray()));
        }
        peer.ask(command);
        tokens = workload.tokens();
    }

    @Override
    public Run run() throws IOException {
        JsonNode answer = peer.ask(mapper.createObjectNode().put("do", "run"));
        if (answer.path("tokens").asLong() != tokens) {
            throw new IOException(
                    name() + " made " + answer.path("tokens") + " tokens, not " + tokens + ": not the same work");
        }
        return new Run(
                answer.path("seconds").asDouble(),
                answer.path("peakBytes").isNumber()
                        ? OptionalLong.of(answer.path("peakBytes").asLong())
                        : OptionalLong.empty(),
                answer.path("loss").isNumber()
                        ? OptionalDouble.of(answer.path("loss").asDouble())
                        : OptionalDouble.empty());
    }

    @Override
    public void close() {
        peer.close();
    }
}
