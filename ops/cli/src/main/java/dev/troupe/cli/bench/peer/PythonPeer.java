package dev.troupe.cli.bench.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A Python process that stays alive from run to run and times itself; a command and its answer are a line of JSON each.
 * It ends when its input does, and so with this one. Used by one thread.
 */
public final class PythonPeer implements AutoCloseable {

    private static final int LINES_OF_A_FAILURE = 5;

    private final ObjectMapper mapper = new ObjectMapper();
    private final Path errors;
    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;
    private final String name;

    /**
     * Starts the process and waits until its imports are done.
     *
     * @param python the interpreter
     * @param script that the process runs
     * @param precision its first argument
     * @param threads its second argument, and what OpenMP gets
     * @param errors file for what it prints besides answers
     */
    public PythonPeer(Path python, Path script, String precision, int threads, Path errors) throws IOException {
        this.errors = errors;
        var builder = new ProcessBuilder(python.toString(), script.toString(), precision, Integer.toString(threads))
                .redirectError(errors.toFile());
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
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

    /** What it calls itself: libraries and versions. */
    public String name() {
        return name;
    }

    /**
     * Hands it a command and waits for the answer.
     *
     * @throws IOException with its last words when the process has ended
     */
    public JsonNode ask(ObjectNode command) throws IOException {
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
