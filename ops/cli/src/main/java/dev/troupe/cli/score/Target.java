package dev.troupe.cli.score;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.runtime.config.Names;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --environment} and {@code --scorer} name: an installed environment, and the task fields that they stand
 * for.
 *
 * @param environment that judges
 * @param form the task field {@code form} of every line, where the name says one
 * @param scorer the task field {@code scorer} of every line, where the command says one
 */
record Target(Environment environment, Optional<String> form, Optional<String> scorer) {

    private static final String WRITING = "writing";

    /** The forms of the writing environment that have a name of their own. */
    private static final Map<String, String> FORMS =
            Map.of("writing-tldr", "tldr", "writing-arxiv", "arxiv", "writing-article", "article");

    Target {
        requireNonNull(environment, "environment is null");
        requireNonNull(form, "form is null");
        requireNonNull(scorer, "scorer is null");
    }

    /**
     * Looks the name up.
     *
     * @param scorer null where the lines say
     * @throws IllegalArgumentException with all names and the nearest one
     */
    static Target of(String name, @Nullable String scorer, Environments environments) {
        Optional<String> form = Optional.ofNullable(FORMS.get(name));
        return environments
                .find(form.isPresent() ? WRITING : name)
                .map(environment -> new Target(environment, form, Optional.ofNullable(scorer)))
                .orElseThrow(() -> new IllegalArgumentException(unknown(name, environments)));
    }

    /**
     * The task's own fields with those that the command line stands for. Its scorer goes before the line's.
     *
     * @throws RefusedLineException when the line wants another form
     */
    Map<String, String> fields(Map<String, String> own) throws RefusedLineException {
        var fields = new TreeMap<>(own);
        if (form.isPresent()) {
            String named = form.get();
            String given = fields.getOrDefault("form", named);
            if (!given.equals(named)) {
                throw new RefusedLineException(
                        Problem.BAD_KEY,
                        "form is '%s', and --environment says '%s'; leave form out or score with --environment %s"
                                .formatted(given, named, WRITING));
            }
            fields.put("form", named);
        }
        scorer.ifPresent(named -> fields.put("scorer", named));
        return fields;
    }

    private static String unknown(String name, Environments environments) {
        var known = new TreeSet<>(environments.names());
        known.addAll(FORMS.keySet());
        String nearest = Names.nearest(name, known);
        return "no environment '%s'%s; there are %s"
                .formatted(
                        name, nearest.isEmpty() ? "" : ", did you mean '" + nearest + "'?", String.join(", ", known));
    }
}
