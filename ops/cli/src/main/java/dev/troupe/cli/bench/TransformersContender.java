package dev.troupe.cli.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.TokenIds;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * transformers and PyTorch in a Python process, which stays alive from run to run and times itself; a command and its
 * answer are a line of JSON each. The process ends when its input does, and so with this one.
 */
final class TransformersContender implements Contender {

    /** Same threads on both sides; several threads that wait for a busy core would measure the waiting. */
    private static final int THREADS = 1;

    private static final int LINES_OF_A_FAILURE = 5;

    private final ObjectMapper mapper = new ObjectMapper();
    private final Precision precision;
    private final Path errors;
    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;
    private final String name;
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
        this.errors = errors;
        var builder = new ProcessBuilder(
                        python.toString(), script.toString(), precision.label(), Integer.toString(THREADS))
                .redirectError(errors.toFile());
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(THREADS));
        builder.environment().put("HF_HUB_OFFLINE", "1");
        process = builder.start();
        commands = process.outputWriter(UTF_8);
        answers = process.inputReader(UTF_8);
        try {
            name = answer().path("name").asText();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public String name() {
        return name;
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
        ask(command);
        tokens = workload.tokens();
    }

    @Override
    public Run run() throws IOException {
        JsonNode answer = ask(mapper.createObjectNode().put("do", "run"));
        if (answer.path("tokens").asLong() != tokens) {
            throw new IOException(
                    name + " made " + answer.path("tokens") + " tokens, not " + tokens + ": not the same work");
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

    private JsonNode ask(ObjectNode command) throws IOException {
        try {
            commands.write(mapper.writeValueAsString(command) + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new IOException(ended(), e);
        }
        return answer();
    }

    private JsonNode answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(ended());
        }
        return mapper.readTree(line);
    }

    private String ended() throws IOException {
        List<String> lines = Files.readAllLines(errors);
        return lines.isEmpty()
                ? "the Python process ended without a word; was it a Python?"
                : "the Python process ended; the last it said: "
                        + String.join(
                                "; ", lines.subList(Math.max(0, lines.size() - LINES_OF_A_FAILURE), lines.size()));
    }

    @Override
    public void close() {
        try {
            commands.close();
        } catch (IOException e) {
            // It has ended already.
        }
        process.destroy();
        try {
            answers.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
