package dev.troupe.cli.bench.stream;

import dev.troupe.cli.bench.stream.StreamPlan.Part;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe bench stream}. */
@Command(
        name = "stream",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Send episodes through coordinator and judges, with a team that acts and judges that score at once,",
            "beside a bare loop and a pass-through application of Kafka Streams, in turns on one broker.",
            "Broker, load and services share this process. A record read counts, and a record written."
        })
public final class StreamBenchCommand implements Callable<Integer> {

    private static final int MOST = 1_000_000;

    @Option(
            names = "--parts",
            split = ",",
            paramLabel = "PART",
            defaultValue = "throughput,latency,live",
            description = "throughput, latency (needs throughput, and measures it), live, scale.")
    private List<String> parts = List.of();

    @Option(names = "--scale", description = "Measure the scale too.")
    private boolean scale;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds of each measurement.")
    private int rounds = 5;

    @Option(
            names = "--records",
            paramLabel = "N",
            defaultValue = "200000",
            description = "Records of a round of the ceilings.")
    private int records = 200_000;

    @Option(
            names = "--groups",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Groups of a round of the coordinator, of 8 episodes each.")
    private int groups = 1000;

    @Option(names = "--window", paramLabel = "N", defaultValue = "400", description = "Groups under way at a time.")
    private int window = 400;

    @Option(
            names = "--live",
            split = ",",
            paramLabel = "N",
            defaultValue = "10,100,1000,10000",
            description = "Numbers of groups that wait for their second role meanwhile.")
    private List<Integer> live = List.of();

    @Option(
            names = "--agents",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2,4,8,16,32,64",
            description = "Numbers of agents.")
    private List<Integer> agents = List.of();

    @Option(names = "--thinking", paramLabel = "MILLIS", defaultValue = "1000", description = "Of an agent, a turn.")
    private int thinking = 1_000;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "15",
            description = "Of the latency, and of each number of agents.")
    private int seconds = 15;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the reward service.")
    private Map<String, String> settings = new HashMap<>();

    @Option(names = "--json", paramLabel = "FILE", description = "Write all that was measured.")
    private @Nullable Path json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        StreamPlan plan = plan();
        PrintWriter terminal = spec.commandLine().getOut();
        StreamReport report = new StreamBench(plan, line -> {
                    terminal.println(line);
                    terminal.flush();
                })
                .run();
        terminal.println();
        terminal.print(new StreamTable(report));
        terminal.flush();
        if (json != null) {
            report.writeJson(json);
        }
        return 0;
    }

    private StreamPlan plan() {
        Set<Part> wanted = EnumSet.noneOf(Part.class);
        for (String name : parts) {
            wanted.add(part(name));
        }
        if (scale) {
            wanted.add(Part.SCALE);
        }
        between("--rounds", rounds, 1_000);
        between("--records", records, MOST);
        between("--groups", groups, MOST);
        between("--window", window, MOST);
        between("--thinking", thinking, 60_000);
        between("--seconds", seconds, 3_600);
        live.forEach(number -> between("--live", number, MOST));
        agents.forEach(number -> between("--agents", number, 1_000));
        var duration = Duration.ofSeconds(seconds);
        var all = new HashMap<>(Map.of("judge.batch", "64"));
        all.putAll(settings);
        return new StreamPlan(
                wanted,
                rounds,
                records,
                groups,
                window,
                duration,
                live,
                agents,
                Duration.ofMillis(thinking),
                duration,
                all);
    }

    private Part part(String name) {
        return switch (name) {
            case "throughput" -> Part.THROUGHPUT;
            case "latency" -> Part.LATENCY;
            case "live" -> Part.LIVE;
            case "scale" -> Part.SCALE;
            default -> throw bad("--parts must be of throughput, latency, live and scale, not " + name);
        };
    }

    private void between(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw bad("%s must be between 1 and %,d, not %d".formatted(option, most, value));
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
