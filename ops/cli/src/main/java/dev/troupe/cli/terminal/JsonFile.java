package dev.troupe.cli.terminal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;

/** What {@code --json FILE} writes: readable for people as well. */
public final class JsonFile {

    private JsonFile() {}

    /** @throws IOException when the file cannot be written */
    public static void write(Path file, JsonNode json) throws IOException {
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), json);
    }
}
