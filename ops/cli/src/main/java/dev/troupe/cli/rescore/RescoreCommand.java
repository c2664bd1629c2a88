package dev.troupe.cli.rescore;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.cli.terminal.PointInTime;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.rescore.Rescore;
import dev.troupe.reward.rescore.RescoreReport;
import dev.troupe.reward.rescore.RescoreRequest;
import dev.troupe.reward.rescore.WeightChange;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe rescore}. */
@Command(
        name = "rescore",
        mixinStandardHelpOptions = true,
        description = {
            "Judge past episodes again, with other weights or another judge, into the topic rescored-episodes.",
            "The originals stay as they are. Prints how rankings within groups change.",
            "Give it the settings of the reward service: what a task does not say comes from there."
        })
public final class RescoreCommand implements Callable<Integer> {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);

    @Option(names = "--environment", required = true, paramLabel = "NAME", description = "whose episodes")
    private String environment = "";

    @Option(
            names = "--judge",
            paramLabel = "NAME",
            description = "the environment that judges them (default: their own)")
    private @Nullable String judge;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "INSTANT|DURATION",
            description = "episodes that ended then or later: 2026-01-31T12:00:00Z, or 7d for seven days ago")
    private String from = "";

    @Option(
            names = "--to",
            paramLabel = "INSTANT|DURATION",
            description = "episodes that ended before then (default: now)")
    private @Nullable String to;

    @Option(
            names = "--weights",
            paramLabel = "NAME=N,..",
            description = "quality, speed and coordination; one that is left out stays as it was")
    private @Nullable String weights;

    @Option(names = "--team", paramLabel = "TEAM", description = "only this team's episodes (default: all teams)")
    private @Nullable String team;

    @Option(names = "--dry-run", description = "publish nothing")
    private boolean dryRun;

    @Option(names = "--json", paramLabel = "FILE", description = "write what was found")
    private @Nullable Path json;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        var environments = Environments.load();
        RescoreRequest request = request(environments, Instant.now());
        Settings settings = options.loadForReward();
        var rescore = new Rescore(settings, environments);
        PrintWriter terminal = spec.commandLine().getOut();
        RescoreReport report;
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            terminal.printf("reading the tasks of %s ...%n", environment);
            terminal.flush();
            String runId = UUID.randomUUID().toString();
            report = rescore.run(clients, request, runId, new RescoreProgress(terminal, System::nanoTime));
        }
        if (json != null) {
            RescoreJson.write(report, json);
        }
        if (report.found() == 0) {
            throw new IllegalStateException(
                    "no episode of environment '%s'%s ended between %s and %s (%d of others did); episodes are kept 30 days"
                            .formatted(
                                    environment,
                                    team == null ? "" : " and team '" + team + "'",
                                    request.from(),
                                    request.to(),
                                    report.elsewhere()));
        }
        terminal.print(RescoreTable.of(report));
        terminal.flush();
        return report.rejudged() == 0 ? 1 : 0;
    }

    private RescoreRequest request(Environments environments, Instant now) {
        String judging = judge == null ? environment : judge;
        installed("--environment", environment, environments);
        installed("--judge", judging, environments);
        Instant begin = instant("--from", from, now);
        Instant end = to == null ? now : instant("--to", to, now);
        if (!begin.isBefore(end)) {
            throw bad("--from %s is not before --to %s".formatted(begin, end));
        }
        return new RescoreRequest(environment, judging, begin, end, Optional.ofNullable(team), weights(), !dryRun);
    }

    private WeightChange weights() {
        try {
            return weights == null ? WeightChange.NONE : WeightChange.parse(weights);
        } catch (IllegalArgumentException e) {
            throw bad("--weights: " + e.getMessage());
        }
    }

    private void installed(String option, String name, Environments environments) {
        if (environments.find(name).isEmpty()) {
            throw bad("%s '%s' is not installed; there are %s".formatted(option, name, environments));
        }
    }

    private Instant instant(String option, String text, Instant now) {
        try {
            return PointInTime.parse(text, now);
        } catch (IllegalArgumentException e) {
            throw bad("%s '%s' %s".formatted(option, text, e.getMessage()));
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
