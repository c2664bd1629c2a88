package dev.troupe.cli.audit;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.ModelVersion;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
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
            episodes.forEach(this::print);
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
            ModelVersion version = lineage.version(policyId, number)
                    .orElseThrow(() -> new IllegalStateException(
                            "policy '%s' has no version %d on model-versions".formatted(policyId, number)));
            print(version, lineage.episodes(new HashSet<>(version.getTaskIds())));
            return 0;
        });
    }

    private void print(Episode episode) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%s episode %d of team %s: %s%n",
                episode.getTaskId(),
                episode.getEpisode(),
                episode.getTeamId(),
                episode.getScore() == null
                        ? "incomplete, " + episode.getReason()
                        : "reward %.4f".formatted(episode.getScore().getReward()));
        for (Lineage.Draw draw : Lineage.draws(episode)) {
            out.printf(
                    "    turn %d  role %-12s policy %-16s version %d  tokens %d-%d  by %s%n",
                    draw.turn(),
                    draw.role(),
                    draw.policyId(),
                    draw.version(),
                    draw.start(),
                    draw.end() - 1,
                    draw.agentId());
        }
        out.flush();
    }

    private void print(ModelVersion version, List<Episode> episodes) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%s version %d: %s, step %d of team %s, %s%n",
                version.getPolicyId(),
                version.getVersion(),
                version.getParent() == null ? "no parent" : "from version " + version.getParent(),
                version.getTrainingStep(),
                version.getTeamId(),
                version.getArtifactUri());
        version.getFiles().forEach(file -> out.printf("    %s  %s%n", file.getSha256(), file.getName()));
        out.printf("    trained on %d tasks%n", version.getTaskIds().size());
        version.getTaskIds().stream().sorted(Comparator.naturalOrder()).forEach(taskId -> {
            List<Episode> own = episodes.stream()
                    .filter(episode -> episode.getTaskId().equals(taskId))
                    .toList();
            out.printf(
                    "    %-24s %d episodes, tokens of this policy by version %s%n",
                    taskId, own.size(), Lineage.tokensByVersion(own, version.getPolicyId()));
        });
        out.flush();
    }
}
