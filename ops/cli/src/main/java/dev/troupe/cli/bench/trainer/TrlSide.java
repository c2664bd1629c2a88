package dev.troupe.cli.bench.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.PythonPeer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** TRL's GRPOTrainer in a Python process. */
final class TrlSide implements Side {

    private final ObjectMapper mapper = new ObjectMapper();
    private final Precision precision;
    private final PythonPeer peer;

    /**
     * Starts the process and waits until its imports are done.
     *
     * @param python the interpreter, with trl
     * @param script that the process runs
     * @param errors file for what it prints besides answers
     */
    TrlSide(Path python, Path script, Precision precision, int threads, Path errors) throws IOException {
        this.precision = precision;
        this.peer = new PythonPeer(python, script, precision.label(), threads, errors);
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
    public void prepare(Task task) throws IOException {
        peer.ask(mapper.createObjectNode()
                .put("do", "prepare")
                .put("given", task.work() == Work.TRAIN)
                .put("model", task.model().toAbsolutePath().toString())
                .put("replay", task.replayFile().toAbsolutePath().toString())
                .put("newTokens", task.size().newTokens())
                .put("learningRate", TroupeSide.LEARNING_RATE));
    }

    @Override
    public Step run() throws IOException {
        JsonNode answer = peer.ask(command("run"));
        return new Step(
                answer.path("seconds").asDouble(),
                answer.path("cpuSeconds").asDouble(),
                answer.path("peakBytes").isNumber()
                        ? OptionalLong.of(answer.path("peakBytes").asLong())
                        : OptionalLong.empty(),
                answer.path("loss").asDouble(),
                answer.path("gradNorm").asDouble());
    }

    @Override
    public void save(Path directory) throws IOException {
        peer.ask(command("save").put("model", directory.toAbsolutePath().toString()));
    }

    private ObjectNode command(String name) {
        return mapper.createObjectNode().put("do", name);
    }

    @Override
    public void close() {
        peer.close();
    }
}
