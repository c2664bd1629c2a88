package dev.troupe.cli.dlq;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe dlq replay}. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Feed dead letters again into the topics they came from: their own bytes, key and headers.",
            "All of them go in one transaction. What was replayed before is left out."
        })
final class ReplayCommand implements Callable<Integer> {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);

    @Parameters(
            arity = "0..*",
            paramLabel = "PARTITION:OFFSET",
            converter = Position.Converter.class,
            description = "as 'troupe dlq list' shows them")
    private List<Position> positions = new ArrayList<>();

    @Option(names = "--all", description = "all letters, or those that the filters choose")
    private boolean all;

    @Mixin
    private FilterOptions filters = new FilterOptions();

    @Option(names = "--limit", paramLabel = "N", description = "at most so many, the oldest ones")
    private int limit = Integer.MAX_VALUE;

    @Option(names = "--dry-run", description = "say what would go where, and send nothing")
    private boolean dryRun;

    @Option(names = "--again", description = "also what was replayed before")
    private boolean again;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        LetterFilter filter = ListCommand.filter(spec, filters);
        check(all == positions.isEmpty(), "name positions, or choose with --all and filters");
        check(all || !filters.given(), "filters choose among --all; named positions need none");
        check(limit > 0, "--limit must be at least 1, it is " + limit);
        var choice = new ReplayPlan.Choice(all ? Optional.of(filter) : Optional.empty(), positions, limit, again);
        PrintWriter out = spec.commandLine().getOut();
        var settings = options.load();
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            var replay = new Replay(clients, choice, line -> {
                out.println(line);
                out.flush();
            });
            return (dryRun ? replay.rehearse() : replay.run()) ? 0 : 1;
        }
    }

    private void check(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
