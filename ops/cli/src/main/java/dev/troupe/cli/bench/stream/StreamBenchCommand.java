package dev.troupe.cli.bench.stream;

import dev.troupe.cli.bench.frame.BenchFrame;
import dev.troupe.cli.bench.stream.StreamPlan.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Mixin
    private BenchFrame frame = new BenchFrame();

    @Override
    public Integer call() throws IOException, InterruptedException {
        StreamPlan plan = plan();
        StreamReport report = new StreamBench(plan, frame::progress).run();
        frame.show(new StreamTable(report), report::writeJson);
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
        frame.between("--rounds", rounds, 1, 1_000);
        frame.between("--records", records, 1, MOST);
        frame.between("--groups", groups, 1, MOST);
        frame.between("--window", window, 1, MOST);
        frame.between("--thinking", thinking, 1, 60_000);
        frame.between("--seconds", seconds, 1, 3_600);
        live.forEach(number -> frame.between("--live", number, 1, MOST));
        agents.forEach(number -> frame.between("--agents", number, 1, 1_000));
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
            default -> throw frame.bad("--parts must be of throughput, latency, live and scale, not " + name);
        };
    }
}
