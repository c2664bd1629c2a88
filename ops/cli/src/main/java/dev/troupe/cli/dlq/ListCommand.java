package dev.troupe.cli.dlq;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.TopicCatalog;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe dlq list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "One line for each dead letter, oldest first, and how many there are of each reason.")
final class ListCommand implements Callable<Integer> {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);

    @Mixin
    private FilterOptions filters = new FilterOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "lines at most; all are counted (default: ${DEFAULT-VALUE})")
    private int limit = 100;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** What was found. */
    private record Found(List<Letter> shown, Map<String, Integer> reasons, Set<Position> replayed) {
        int count() {
            return reasons.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        LetterFilter filter = filter(spec, filters);
        if (limit < 0) {
            throw new ParameterException(spec.commandLine(), "--limit must not be negative, it is " + limit);
        }
        var settings = options.load();
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            print(find(clients, filter));
        }
        return 0;
    }

    /** @throws ParameterException for a filter that cannot be */
    static LetterFilter filter(CommandSpec spec, FilterOptions filters) {
        try {
            return filters.filter(InstantSource.system());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Found find(KafkaClients clients, LetterFilter filter) throws InterruptedException {
        var found = new Found(new ArrayList<>(), new TreeMap<>(), new HashSet<>());
        new TopicScan(clients, "troupe-dlq")
                .raw(
                        TopicCatalog.DEAD_LETTERS,
                        ScanRange.ALL,
                        record -> Letter.marked(record).ifPresentOrElse(found.replayed()::add, () -> {
                            Letter letter = Letter.of(record);
                            if (filter.accepts(letter)) {
                                found.reasons().merge(letter.reason(), 1, Integer::sum);
                                if (found.shown().size() < limit) {
                                    found.shown().add(letter);
                                }
                            }
                        }));
        return found;
    }

    private void print(Found found) {
        PrintWriter out = spec.commandLine().getOut();
        for (Letter letter : found.shown()) {
            out.println(letter.line(found.replayed().contains(letter.position())));
        }
        if (found.count() > found.shown().size()) {
            out.printf(
                    "and %d more; --limit shows them%n",
                    found.count() - found.shown().size());
        }
        out.printf("%d dead letters%s%n", found.count(), found.count() == 0 ? "" : ": " + counts(found.reasons()));
        out.flush();
    }

    private static String counts(Map<String, Integer> reasons) {
        var parts = new ArrayList<String>();
        reasons.forEach((reason, count) -> parts.add(reason + " " + count));
        return String.join(", ", parts);
    }
}
