package dev.troupe.reward.environment;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.RewardWeights;
import java.io.IOException;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Finds the environments that jars declare, and names what is wrong with any of them before work begins. */
final class EnvironmentLoader {

    private static final String DECLARATION = "META-INF/services/" + Environment.class.getName();

    /** What can stand in a metric's tag and on a command line without quotes. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    /** A class path that fails again at each look would be looked at for ever. */
    private static final int MAX_PROBLEMS = 32;

    private final ClassLoader loader;
    private final TreeMap<String, Environment> byName = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    private EnvironmentLoader(ClassLoader loader) {
        this.loader = loader;
    }

    /** @throws BrokenEnvironmentException when one cannot be loaded, describes itself badly or has another's name */
    static List<Environment> load(ClassLoader loader) {
        return new EnvironmentLoader(loader).load();
    }

    private List<Environment> load() {
        Iterator<Environment> found =
                ServiceLoader.load(Environment.class, loader).iterator();
        while (problems.size() < MAX_PROBLEMS) {
            try {
                if (!found.hasNext()) {
                    break;
                }
                add(found.next());
            } catch (ServiceConfigurationError | LinkageError e) {
                if (e.getCause() instanceof VirtualMachineError fatal) {
                    throw fatal;
                }
                problems.add(reason(e));
            }
        }
        if (!problems.isEmpty()) {
            throw new BrokenEnvironmentException(problems, jars());
        }
        return List.copyOf(byName.values());
    }

    private void add(Environment environment) {
        String type = environment.getClass().getName();
        try {
            String name = checkedName(environment);
            Environment other = byName.putIfAbsent(name, environment);
            if (other != null) {
                problems.add("'%s' is the name of two: %s in %s and %s in %s"
                        .formatted(name, other.getClass().getName(), jar(other), type, jar(environment)));
            }
        } catch (RuntimeException | LinkageError e) {
            problems.add("%s in %s: %s".formatted(type, jar(environment), reason(e)));
        }
    }

    private static String checkedName(Environment environment) {
        String name = requireNonNull(environment.name(), "name() is null");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name() is '%s'; a name has 1 to 64 of a-z, 0-9, '.', '_' and '-'".formatted(name));
        }
        RewardWeights weights = requireNonNull(environment.weights(), "weights() is null");
        if (!Double.isFinite(weights.getQuality() + weights.getSpeed() + weights.getCoordination())) {
            throw new IllegalArgumentException("weights() are not finite: " + weights);
        }
        if (environment.maxCompletionLength() < 1) {
            throw new IllegalArgumentException(
                    "maxCompletionLength() is %d, at least 1 token".formatted(environment.maxCompletionLength()));
        }
        return name;
    }

    private static String reason(Throwable problem) {
        Throwable root = problem;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String hint =
                switch (root) {
                    case NoClassDefFoundError _ -> " (this class is missing; put its jar on the class path too)";
                    case ClassNotFoundException _ -> " (this class is missing; put its jar on the class path too)";
                    case UnsupportedClassVersionError _ ->
                        " (compile it for Java %d or lower)"
                                .formatted(Runtime.version().feature());
                    case LinkageError _ -> " (compile it against this version of reward-service)";
                    default -> "";
                };
        String first = problem instanceof ServiceConfigurationError ? problem.getMessage() : problem.toString();
        return first + (problem.getCause() == null ? "" : ": " + root) + hint;
    }

    private List<String> jars() {
        try {
            return Collections.list(loader.getResources(DECLARATION)).stream()
                    .map(url -> url.toString().replace("!/" + DECLARATION, "").replaceFirst("^jar:", ""))
                    .toList();
        } catch (IOException e) {
            return List.of("a class path that cannot be read: " + e);
        }
    }

    private static String jar(Environment environment) {
        CodeSource source = environment.getClass().getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null
                ? "no jar"
                : source.getLocation().toString();
    }
}
