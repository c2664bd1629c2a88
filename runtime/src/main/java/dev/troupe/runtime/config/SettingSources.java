package dev.troupe.runtime.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/** Where settings come from: a properties file and the environment. */
final class SettingSources {

    private static final String PREFIX = "TROUPE_";

    /** Read by the launcher script before Java starts; they are no settings. */
    private static final Set<String> LAUNCHER = Set.of("TROUPE_HEAP", "TROUPE_LOG_LEVEL", "TROUPE_PLUGINS");

    private SettingSources() {}

    static Map<String, String> file(Path file) {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new ConfigException(List.of("the settings file " + file + " does not exist"));
        } catch (CharacterCodingException e) {
            throw new ConfigException(List.of("the settings file " + file + " is not UTF-8"));
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigException(List.of("the settings file " + file + " cannot be read: " + e.getMessage()));
        }
        var values = new TreeMap<String, String>();
        properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
        return values;
    }

    static Map<String, String> environment(Map<String, String> environment) {
        var values = new TreeMap<String, String>();
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX) && name.length() > PREFIX.length() && !LAUNCHER.contains(name)) {
                values.put(key(name.substring(PREFIX.length())), value);
            }
        });
        return values;
    }

    private static String key(String name) {
        // Longest runs first: three underscores are a dash, two an underscore, one a dot.
        return name.toLowerCase(Locale.ROOT)
                .replace("___", "-")
                .replace("__", "\0")
                .replace('_', '.')
                .replace('\0', '_');
    }
}
