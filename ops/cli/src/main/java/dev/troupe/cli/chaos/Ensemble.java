package dev.troupe.cli.chaos;

import dev.troupe.local.Ports;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** All processes of the system: one broker with its registry, a coordinator, a trainer, agents and judges. */
final class Ensemble implements AutoCloseable {

    /** The settings that all services share; also the mark of a directory that a run has used. */
    static final String CONFIG = "chaos.properties";

    /** How long a turn stays with a dead agent; the production default of 30 s would only make the run longer. */
    private static final int LOCK_SECONDS = 5;

    /** Ends of a process without a kill, after which its configuration must be wrong. */
    private static final int HOPELESS = 5;

    private final ChaosPlan plan;
    private final Path checkpoint;
    private final Map<String, String> settings;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<Member> members = new ArrayList<>();

    private Ensemble(ChaosPlan plan, Path checkpoint, Map<String, String> settings) {
        this.plan = plan;
        this.checkpoint = checkpoint;
        this.settings = Map.copyOf(settings);
    }

    /**
     * Starts everything; returns before it is ready.
     *
     * @param checkpoint that the trainer starts from
     * @throws IOException when the directory cannot be written
     */
    static Ensemble start(ChaosPlan plan, Path checkpoint) throws IOException {
        Files.createDirectories(plan.directory().resolve("logs"));
        var ports = new PortRange();
        int broker = ports.next();
        int registry = ports.next();
        var ensemble = new Ensemble(plan, checkpoint, shared(broker, registry));
        Path config = ensemble.writeConfig();
        ensemble.members.add(ensemble.broker(broker, registry));
        ensemble.add("coordinator", Kind.COORDINATOR, ports, config);
        ensemble.add("trainer", Kind.TRAINER, ports, config);
        for (int i = 0; i < plan.agents(); i++) {
            ensemble.add("agent-" + i, Kind.AGENT, ports, config);
        }
        for (int i = 0; i < plan.judges(); i++) {
            ensemble.add("judge-" + i, Kind.JUDGE, ports, config);
        }
        ensemble.members.forEach(Member::start);
        return ensemble;
    }

    /** Ports that differ from each other and stay the same over all lives of their process. */
    private static final class PortRange {

        private final Random random = new Random();
        private final Set<Integer> taken = new HashSet<>();

        int next() {
            int port = Ports.free(random);
            while (!taken.add(port)) {
                port = Ports.free(random);
            }
            return port;
        }
    }

    private static Map<String, String> shared(int broker, int registry) {
        return Map.of(
                "kafka.bootstrap.servers", "127.0.0.1:" + broker,
                "schema.registry.url", "http://127.0.0.1:" + registry);
    }

    /** What a service of the kind is given beside what all share; each refuses what it does not know. */
    private Map<String, String> own(Kind kind) {
        String artifacts = plan.directory().resolve("artifacts").toString();
        String groupsPerStep = Integer.toString(ChaosPlan.GROUPS_PER_STEP);
        return switch (kind) {
            case BROKER -> Map.of();
            case COORDINATOR ->
                Map.of(
                        "reward.parts",
                        "coordinator",
                        // Static membership (KIP-345): whoever comes back need not wait for its former self to time
                        // out.
                        "kafka.main.consumer.group.instance.id",
                        "coordinator",
                        "coordinator.state.dir",
                        plan.directory().resolve("streams").toString(),
                        "num_generations",
                        Integer.toString(ChaosPlan.EPISODES),
                        "train.groups.per.step",
                        groupsPerStep);
            case JUDGE -> Map.of("reward.parts", "judges", "judge.sandbox", "off");
            case TRAINER ->
                Map.of(
                        "artifacts.dir",
                        artifacts,
                        "trainer.teams",
                        TaskMix.TEAM,
                        "trainer.initial.checkpoint",
                        checkpoint.toString(),
                        "trainer.keep.versions",
                        "3",
                        "train.groups.per.step",
                        groupsPerStep);
            case AGENT -> Map.of("artifacts.dir", artifacts, "agent.policy", "random");
        };
    }

    private static String service(Kind kind) {
        return switch (kind) {
            case AGENT -> "agent";
            case COORDINATOR, JUDGE -> "reward";
            case TRAINER -> "trainer";
            case BROKER -> throw new IllegalArgumentException("the broker is no service");
        };
    }

    private Path writeConfig() throws IOException {
        var properties = new Properties();
        properties.putAll(settings);
        Path file = plan.directory().resolve(CONFIG);
        try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            properties.store(out, "what all services of the run share");
        }
        return file;
    }

    private Member broker(int broker, int registry) {
        List<String> command = JavaCommand.troupe(
                "512m",
                List.of(
                        "cluster",
                        "--dir",
                        plan.directory().resolve("cluster").toString(),
                        "--broker-port",
                        Integer.toString(broker),
                        "--registry-port",
                        Integer.toString(registry),
                        "--lock",
                        Integer.toString(LOCK_SECONDS)));
        return member("broker", Kind.BROKER, command, URI.create(settings.get("schema.registry.url") + "/subjects"));
    }

    private void add(String name, Kind kind, PortRange ports, Path config) {
        int port = ports.next();
        var arguments = new ArrayList<>(List.of("service", service(kind), "--config", config.toString()));
        var settings = new TreeMap<>(own(kind));
        settings.put("management.port", Integer.toString(port));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        URI ready = URI.create("http://127.0.0.1:" + port + "/health/ready");
        members.add(member(name, kind, JavaCommand.troupe("384m", arguments), ready));
    }

    private Member member(String name, Kind kind, List<String> command, URI ready) {
        Path log = plan.directory().resolve("logs").resolve(name + ".log");
        return new Member(new Member.Script(name, kind, command, ready, log), http);
    }

    /** Where broker and registry are. */
    Map<String, String> settings() {
        return settings;
    }

    List<Member> members() {
        return List.copyOf(members);
    }

    boolean ready() {
        return members.stream().allMatch(Member::ready);
    }

    /** The name of a process that keeps ending by itself, if there is one. */
    Optional<String> hopeless() {
        return members.stream()
                .filter(member -> member.ownEnds() >= HOPELESS)
                .map(member -> member.script().name())
                .findFirst();
    }

    /** Somebody of a random kind; kinds are drawn by their weight. */
    Member victim(RandomGenerator random) {
        int total = 0;
        for (Kind kind : Kind.values()) {
            total += kind.weight();
        }
        int drawn = random.nextInt(total);
        for (Kind kind : Kind.values()) {
            drawn -= kind.weight();
            if (drawn < 0) {
                List<Member> candidates = members.stream()
                        .filter(member -> member.script().kind() == kind)
                        .toList();
                return candidates.get(random.nextInt(candidates.size()));
            }
        }
        throw new IllegalStateException("weights do not add up to " + total);
    }

    /** Ends all processes at once: there is nothing in them that a crash could harm. */
    void abort() {
        members.forEach(Member::abort);
    }

    /** The services first, all at once, then their broker. */
    @Override
    public void close() {
        try (http) {
            List<Thread> closing = members.stream()
                    .filter(member -> member.script().kind() != Kind.BROKER)
                    .map(member -> Thread.ofVirtual().start(member::close))
                    .toList();
            for (Thread one : closing) {
                one.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            members.forEach(Member::close);
        }
    }
}
