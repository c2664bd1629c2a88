package dev.troupe.cli.audit;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.TrainingStep;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe lineage episode|version}. */
@Command(
        name = "lineage",
        mixinStandardHelpOptions = true,
        description = "Say which versions produced an episode's tokens, or which episodes trained a version.")
public final class LineageCommand implements Runnable {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say of what: episode TASK or version POLICY NUMBER");
    }

    /** Something to be done with the topics. */
    @FunctionalInterface
    private interface Query {
        int on(Lineage lineage) throws InterruptedException;
    }

    private static int query(SettingOptions options, Query query) throws InterruptedException {
        var settings = options.load();
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            return query.on(new Lineage(clients));
        }
    }

    @Command(
            name = "episode",
            mixinStandardHelpOptions = true,
            description = "Which model version drew each token of a task's episodes.")
    int episode(
            @Parameters(index = "0", paramLabel = "TASK", description = "a taskId") String taskId,
            @Option(names = "--episode", paramLabel = "N", description = "only this one of the task's episodes")
                    @Nullable
                    Integer number,
            @Mixin SettingOptions options)
            throws InterruptedException {
        return query(options, lineage -> {
            List<Episode> episodes = lineage.episodes(Set.of(taskId)).stream()
                    .filter(episode -> number == null || episode.getEpisode() == number)
                    .toList();
            if (episodes.isEmpty()) {
                throw new IllegalStateException("no %s of task '%s' is on episodes; 'troupe audit' tells what is open"
                        .formatted(number == null ? "episode" : "episode " + number, taskId));
            }
            episodes.forEach(episode -> print(LineageReport.of(episode)));
            return 0;
        });
    }

    @Command(
            name = "version",
            mixinStandardHelpOptions = true,
            description = "Which tasks and episodes a model version was trained on.")
    int version(
            @Parameters(index = "0", paramLabel = "POLICY", description = "a policyId") String policyId,
            @Parameters(index = "1", paramLabel = "VERSION", description = "its number") int number,
            @Mixin SettingOptions options)
            throws InterruptedException {
        return query(options, lineage -> {
            Optional<ModelVersion> version = lineage.version(policyId, number);
            if (version.isPresent()) {
                List<String> tasks = version.get().getTaskIds();
                print(LineageReport.of(version.get(), lineage.episodes(new HashSet<>(tasks))));
                return 0;
            }
            TrainingStep step = lineage.step(policyId, number)
                    .orElseThrow(() -> new IllegalStateException(LineageReport.missing(policyId, number)));
            List<Episode> episodes = lineage.episodes(new HashSet<>(step.getTaskIds()));
            print(LineageReport.of(step, policyId, number, episodes));
            return 0;
        });
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
