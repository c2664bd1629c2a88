package dev.troupe.reward.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program of the resources folder {@code hostile}. Its first line is the number and the name of its category. It
 * returns the right answer, twice its argument, only where its attack works.
 *
 * @param name of the file
 * @param category 1 to 36
 * @param title what programs of the category do
 * @param runs texts to be run after one another
 */
record HostileProgram(String name, int category, String title, List<String> runs) {

    static final int CATEGORIES = 36;

    private static final String NEXT_RUN = "# --- next run ---\n";

    /** All of them, by category. */
    static List<HostileProgram> all() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(file -> file.getFileName().toString().matches("\\d.*\\.py"))
                    .sorted()
                    .map(HostileProgram::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Functions for attacks, which run before each program. */
    static String prelude() {
        return text(folder().resolve("prelude.py"));
    }

    private static HostileProgram read(Path file) {
        String text = text(file);
        String[] head = text.lines().findFirst().orElseThrow().split(" ", 3);
        return new HostileProgram(
                file.getFileName().toString().replace(".py", ""),
                Integer.parseInt(head[1]),
                head[2],
                List.of(text.split(NEXT_RUN, -1)));
    }

    private static Path folder() {
        try {
            return Path.of(HostileProgram.class.getResource("/hostile").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
