package dev.troupe.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** {@code .env.example}: what the compose file takes from the environment, with its defaults. */
final class ComposeSettings {

    static final Path ROOT = Path.of("..", "..");
    static final Path FILE = ROOT.resolve(".env.example");

    private ComposeSettings() {}

    static Map<String, String> defaults() throws IOException {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(FILE)) {
            properties.load(reader);
        }
        var defaults = new TreeMap<String, String>();
        properties.stringPropertyNames().forEach(name -> defaults.put(name, properties.getProperty(name)));
        return defaults;
    }

    /** Name and tag of an image; the environment names another one, such as a mirror's, as it does for compose. */
    static String image(String prefix) throws IOException {
        Map<String, String> all = new TreeMap<>(defaults());
        all.putAll(System.getenv());
        return "%s:%s".formatted(all.get(prefix + "_IMAGE"), all.get(prefix + "_VERSION"));
    }
}
