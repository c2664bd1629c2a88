package dev.troupe.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tasks as people write them: one JSON object, checked against the same Avro schema as the binary form. */
public final class TaskJson {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private TaskJson() {}

    /**
     * Reads a JSONL file, one task a line; blank lines are skipped.
     *
     * @throws IOException when it cannot be read or a line is no task; the message names file and line
     */
    public static List<Task> read(Path file) throws IOException {
        var tasks = new ArrayList<Task>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                tasks.add(parse(line.getBytes(StandardCharsets.UTF_8)));
            } catch (MalformedRecordException e) {
                throw new IOException("%s, line %d: %s".formatted(file, number, e.getMessage()), e);
            }
        }
        return tasks;
    }

    /**
     * Reads one task.
     *
     * @param utf8 a JSON object in UTF-8; missing fields take the schema's defaults
     * @throws MalformedRecordException when it is not JSON, or not a task; the message names the field
     */
    public static Task parse(byte[] utf8) throws MalformedRecordException {
        try {
            // Jackson guesses the encoding; a task is UTF-8 or nothing.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            JsonNode json = JSON.readTree(text);
            return (Task) JsonRecords.toRecord(json, Task.getClassSchema());
        } catch (CharacterCodingException e) {
            throw new MalformedRecordException("the task is neither Avro in the registry's format nor UTF-8 JSON", e);
        } catch (JsonProcessingException e) {
            throw new MalformedRecordException(
                    "the task is neither Avro in the registry's format nor JSON: " + e.getOriginalMessage(), e);
        }
    }
}
