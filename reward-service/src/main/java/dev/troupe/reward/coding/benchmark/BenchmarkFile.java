package dev.troupe.reward.coding.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.troupe.reward.coding.CodingEnvironment;
import dev.troupe.reward.coding.benchmark.BenchmarkFormat.BadEntryException;
import dev.troupe.reward.coding.benchmark.BenchmarkFormat.Entry;
import dev.troupe.reward.environment.InvalidTaskException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * A benchmark's file as it is published: one JSON object a line, or one JSON array of them; gzipped or not. Everything
 * that is wrong with it is named at once.
 */
public final class BenchmarkFile {

    private static final int MAX_BYTES = 256 << 20;
    private static final int MAX_NAMED = 10;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;
    private final BenchmarkFormat format;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();
    private final Map<String, Integer> lines = new HashMap<>();

    private BenchmarkFile(Path file, BenchmarkFormat format) {
        this.file = file;
        this.format = format;
    }

    /**
     * Reads all problems.
     *
     * @throws IOException when the file cannot be read, or an entry is no problem of the format; the message names
     *     file, line and what is wrong
     */
    public static List<Problem> read(Path file, BenchmarkFormat format) throws IOException {
        var reading = new BenchmarkFile(file, format);
        String text = reading.text();
        if (text.stripLeading().startsWith("[")) {
            reading.array(text);
        } else {
            reading.lines(text);
        }
        return reading.finish();
    }

    private String text() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        boolean zipped = bytes.length > 1 && bytes[0] == 0x1F && bytes[1] == (byte) 0x8B;
        try (InputStream in =
                zipped ? new GZIPInputStream(new ByteArrayInputStream(bytes)) : new ByteArrayInputStream(bytes)) {
            byte[] plain = in.readNBytes(MAX_BYTES + 1);
            if (plain.length > MAX_BYTES) {
                throw new IOException("%s holds more than %d MiB".formatted(file, MAX_BYTES >> 20));
            }
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(plain)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException("%s is not UTF-8".formatted(file), e);
        }
    }

    private void lines(String text) {
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!line.isBlank()) {
                try {
                    add(number, JSON.readTree(line));
                } catch (JsonProcessingException e) {
                    refuse(number, "not JSON: " + e.getOriginalMessage());
                }
            }
        }
    }

    private void array(String text) throws IOException {
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                int line = parser.currentTokenLocation().getLineNr();
                // More entries follow; only after the array must there be nothing.
                add(
                        line,
                        JSON.reader()
                                .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                                .readTree(parser));
            }
            if (parser.nextToken() != null) {
                refuse(parser.currentTokenLocation().getLineNr(), "something follows the array");
            }
        } catch (JsonProcessingException e) {
            refuse(e.getLocation().getLineNr(), "not JSON: " + e.getOriginalMessage());
        }
    }

    private void add(int line, JsonNode json) {
        if (!json.isObject()) {
            refuse(line, "not a JSON object");
            return;
        }
        try {
            Problem problem = format.read(new Entry(line, json));
            // The environment checks a task before anybody plays it; better to hear of it now.
            new CodingEnvironment().begin(problem.task());
            Integer earlier = lines.putIfAbsent(problem.taskId(), line);
            if (earlier == null) {
                problems.add(problem);
            } else {
                refuse(line, "task_id '%s' stands on line %d already".formatted(problem.taskId(), earlier));
            }
        } catch (BadEntryException | InvalidTaskException e) {
            refuse(line, String.valueOf(e.getMessage()));
        }
    }

    private void refuse(int line, String reason) {
        refusals.add("%s, line %d: %s".formatted(file, line, reason));
    }

    private List<Problem> finish() throws IOException {
        if (!refusals.isEmpty()) {
            throw new IOException(summary(refusals));
        }
        if (problems.isEmpty()) {
            throw new IOException("%s holds no problem".formatted(file));
        }
        return List.copyOf(problems);
    }

    /** The first refusals, one a line, and how many more there are. */
    public static String summary(List<String> refusals) {
        var named = new ArrayList<>(refusals.subList(0, Math.min(MAX_NAMED, refusals.size())));
        if (refusals.size() > MAX_NAMED) {
            named.add("and %d more".formatted(refusals.size() - MAX_NAMED));
        }
        return String.join(System.lineSeparator(), named);
    }
}
