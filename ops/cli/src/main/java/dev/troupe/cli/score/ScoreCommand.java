package dev.troupe.cli.score;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.troupe.cli.score.LineScorer.Result;
import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.judge.JudgeOptions;
import dev.troupe.reward.judge.LocalJudge;
import dev.troupe.runtime.config.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe score FILE}. */
@Command(
        name = "score",
        mixinStandardHelpOptions = true,
        description = {
            "Score the completions of a JSONL file as a judge would; needs no Kafka.",
            "A line has an id, completions by role ({\"helper\": .., \"main\": ..} for coding, {\"author1\": ..,"
                    + " \"author2\": ..} for writing) and the task's own fields, which go on to the environment.",
            "A line of the output has the id, the reward (on the scale on which the environment's rules were"
                    + " published) and its terms, or an error; in the order of the file."
        })
public final class ScoreCommand implements Callable<Integer> {

    private static final Set<String> SCORERS = Set.of("strict", "compatible");

    @Parameters(index = "0", paramLabel = "FILE", description = "one JSON object a line")
    private Path file = Path.of("completions.jsonl");

    @Option(
            names = "--environment",
            required = true,
            paramLabel = "NAME",
            description = "coding, writing-tldr, writing-arxiv, writing-article, or any other that is installed")
    private String environment = "";

    @Option(
            names = "--scorer",
            paramLabel = "strict|compatible",
            description = "the rules, or the published ones with their defects (default: what the line says in"
                    + " scorer, or else strict)")
    private @Nullable String scorer;

    @Option(names = "--output", paramLabel = "FILE", description = "write there (default: standard output)")
    private @Nullable Path output;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "lines scored at a time, each with a sandbox of its own where one is needed"
                    + " (default: one for each processor, at most 8)")
    private int workers = Math.min(8, Runtime.getRuntime().availableProcessors());

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        var environments = Environments.load();
        Target target = target(environments);
        checkUsage();
        JudgeOptions judging = judging(options.load());
        var run = new ScoreRun(
                workers,
                () -> new LineScorer(
                        target, new LocalJudge("score", environments, judging, new SimpleMeterRegistry())));
        ScoreTally tally = output == null ? score(run, spec.commandLine().getOut()) : score(run, output);
        if (tally.refused() > 0) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            "troupe: %d of %d lines have no score; %s%n",
                            tally.refused(), tally.lines(), tally.first().orElseThrow());
        }
        return tally.refused() == 0 ? 0 : 1;
    }

    private ScoreTally score(ScoreRun run, Path output) throws IOException, InterruptedException {
        try (var writer = new PrintWriter(Files.newBufferedWriter(output, US_ASCII))) {
            return score(run, writer);
        }
    }

    private ScoreTally score(ScoreRun run, PrintWriter writer) throws IOException, InterruptedException {
        try (var lines = LineFile.open(file)) {
            return run.run(lines, new Lines(writer, progress()));
        } catch (NoJsonlException e) {
            throw bad("%s is not JSONL: %s".formatted(file, e.getMessage()));
        }
    }

    private ScoreProgress progress() throws IOException {
        return new ScoreProgress(spec.commandLine().getErr(), Files.size(file), System::nanoTime);
    }

    private void checkUsage() throws IOException {
        if (scorer != null && !SCORERS.contains(scorer)) {
            throw bad("--scorer '%s' is neither strict nor compatible".formatted(scorer));
        }
        if (workers < 1 || workers > 256) {
            throw bad("--workers %d is not between 1 and 256".formatted(workers));
        }
        if (!Files.exists(file)) {
            throw bad("no such file: " + file);
        }
        if (Files.isDirectory(file) || !Files.isReadable(file)) {
            throw bad("not a file that can be read: " + file);
        }
        if (output != null && Files.exists(output) && Files.isSameFile(file, output)) {
            throw bad("--output is the file that is read: " + file);
        }
    }

    private Target target(Environments environments) {
        try {
            return Target.of(environment, scorer, environments);
        } catch (IllegalArgumentException e) {
            throw bad("--environment: " + e.getMessage());
        }
    }

    /** Of a service's settings only those of its judges say something here. */
    private static JudgeOptions judging(Settings all) {
        var given = new TreeMap<String, String>();
        all.prefixed("judge.").forEach((key, value) -> given.put("judge." + key, value));
        Settings settings = Settings.of(given);
        JudgeOptions judging = JudgeOptions.of(settings);
        settings.check();
        return judging;
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Results as lines of text. */
    private record Lines(PrintWriter writer, ScoreProgress progress) implements ScoreRun.Output {
        @Override
        public void write(Result result) throws IOException {
            writer.print(result.json() + "\n");
            if (writer.checkError()) {
                throw new IOException(
                        "the output cannot be written; what follows line %d is lost".formatted(result.line()));
            }
        }

        @Override
        public void progress(long lines, long bytesRead) {
            progress.at(lines, bytesRead);
        }
    }
}
