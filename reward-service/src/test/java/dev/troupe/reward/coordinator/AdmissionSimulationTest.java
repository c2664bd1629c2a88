package dev.troupe.reward.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.reward.coordinator.AdmissionNode.Event;
import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.avro.AdmissionCounts;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Partitions that exchange permits in any interleaving, with crashes, records that come twice or expire: never is more
 * dealt than the versions allow, and every task is dealt.
 *
 * <p>It is harder than Kafka, which between two partitions loses only what expires unread, and repeats or reorders
 * nothing unless a person replays a dead letter. And it is slower: a partition takes one record in up to 3 s. A
 * protocol that says the same again faster than that chokes on itself and does not finish in time.
 */
class AdmissionSimulationTest {

    private static final int TASKS = 60;
    private static final int CHAOS = 600;
    private static final int CALM = 4000;

    private Random random = new Random();
    private int groupsPerStep;
    private int maxStaleness;
    private int first;
    private long now;
    private boolean lossy;
    private final MapStore versions = new MapStore();
    private final Map<String, Integer> version = new TreeMap<>();
    private final List<AdmissionNode> nodes = new ArrayList<>();
    private final Map<String, Deque<AdmissionCounts>> channels = new TreeMap<>();
    private final List<AdmissionCounts> old = new ArrayList<>();
    private final List<List<String>> fed = new ArrayList<>();

    /** With 2212 a partition was once sent more of the same than it could take. */
    static IntStream seeds() {
        return IntStream.concat(IntStream.range(0, 60), IntStream.of(2212));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyTaskIsDealtAndNeverMoreThanTheVersionsAllow(int seed) {
        start(seed);
        List<Runnable> feeding = feeding();
        for (int step = 0; step < CHAOS || !feeding.isEmpty(); step++) {
            if (!feeding.isEmpty() && random.nextInt(4) == 0) {
                feeding.removeFirst().run();
            }
            step(random.nextInt(nodes.size()), seed, true);
        }
        for (int step = 0; step < CALM && left() > 0; step++) {
            step(step % nodes.size(), seed, false);
        }
        for (int node = 0; node < nodes.size(); node++) {
            assertThat(nodes.get(node).done())
                    .as("dealt at partition %d, seed %d", node, seed)
                    .filteredOn(id -> id.startsWith("t1"))
                    .containsExactlyElementsOf(of("t1", node));
            assertThat(nodes.get(node).done())
                    .as("dealt at partition %d, seed %d", node, seed)
                    .filteredOn(id -> id.startsWith("t2"))
                    .containsExactlyElementsOf(of("t2", node));
        }
    }

    private List<String> of(String team, int node) {
        return fed.get(node).stream().filter(id -> id.startsWith(team)).toList();
    }

    private void start(long seed) {
        random = new Random(seed);
        int partitions = 1 + random.nextInt(6);
        groupsPerStep = 1 + random.nextInt(4);
        maxStaleness = random.nextInt(3);
        first = random.nextInt(3);
        lossy = random.nextBoolean();
        CoordinatorOptions options = CoordinatorOptions.from(Settings.of(Map.of(
                        "train.groups.per.step",
                        Integer.toString(groupsPerStep),
                        "train.max.staleness",
                        Integer.toString(maxStaleness),
                        "coordinator.policy.timeout",
                        "1000h")))
                .withPartitions(partitions);
        for (int partition = 0; partition < partitions; partition++) {
            nodes.add(new AdmissionNode(partition, options, versions));
            fed.add(new ArrayList<>());
        }
    }

    /** Tasks of two teams, most of them in one partition. */
    private List<Runnable> feeding() {
        var feeding = new ArrayList<Runnable>();
        for (String team : List.of("t1", "t2")) {
            int favourite = random.nextInt(nodes.size());
            for (int i = 0; i < TASKS / 2; i++) {
                int node = random.nextInt(5) == 0 ? random.nextInt(nodes.size()) : favourite;
                String id = team + "-" + i + (random.nextInt(10) == 0 ? "-refused" : "");
                feeding.add(() -> {
                    var task = Records.task(id).setTeamId(team).build();
                    nodes.get(node).arrives(new Event.Fed(task, fed.get(node).size()));
                    fed.get(node).add(id);
                });
            }
        }
        Collections.shuffle(feeding, random);
        return feeding;
    }

    private void step(int which, int seed, boolean chaos) {
        AdmissionNode node = nodes.get(which);
        now += chaos ? random.nextInt(200) : 500;
        node.work(now);
        assertBounds(seed);
        if (chaos && random.nextInt(10) == 0) {
            node.crash(now);
        } else if (!chaos || random.nextInt(2) == 0) {
            node.commit().forEach(this::send);
        }
        deliver(chaos);
        if (!chaos || random.nextInt(5) == 0) {
            train("t1");
            train("t2");
        }
    }

    private void send(AdmissionCounts counts) {
        channels.computeIfAbsent(counts.getFrom() + ">" + counts.getTo(), _ -> new ArrayDeque<>())
                .add(counts);
        old.add(counts);
    }

    /** One channel goes on; two channels have no order between them. */
    private void deliver(boolean chaos) {
        List<Deque<AdmissionCounts>> busy =
                channels.values().stream().filter(channel -> !channel.isEmpty()).toList();
        if (!busy.isEmpty() && (!chaos || random.nextInt(3) > 0)) {
            AdmissionCounts counts = busy.get(random.nextInt(busy.size())).remove();
            if (!chaos || !lossy || random.nextInt(5) > 0) {
                nodes.get(counts.getTo()).arrives(new Event.Told(counts));
            }
        }
        if (chaos && !old.isEmpty() && random.nextInt(20) == 0) {
            AdmissionCounts again = old.get(random.nextInt(old.size()));
            nodes.get(again.getTo()).arrives(new Event.Told(again));
        }
    }

    /** The trainer: a first version of any number, and the next after every so many groups. */
    private void train(String team) {
        Integer newest = version.get(team);
        if (newest == null) {
            publish(team, first);
        } else if (committed(team) >= (newest - first + 1L) * groupsPerStep) {
            publish(team, newest + 1);
        }
    }

    private void publish(String team, int number) {
        version.put(team, number);
        versions.put(team, ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    private long committed(String team) {
        return nodes.stream()
                .flatMap(node -> node.dealt().subList(0, node.committedDeals()).stream())
                .filter(id -> id.startsWith(team))
                .count();
    }

    private void assertBounds(int seed) {
        for (String team : List.of("t1", "t2")) {
            long dealt = nodes.stream()
                    .flatMap(node -> node.dealt().stream())
                    .filter(id -> id.startsWith(team))
                    .count();
            Integer newest = version.get(team);
            long capacity = newest == null ? 0 : (maxStaleness + newest - first + 1L) * groupsPerStep;
            assertThat(dealt).as("dealt of %s, seed %d", team, seed).isLessThanOrEqualTo(capacity);
        }
    }

    private int left() {
        return TASKS - nodes.stream().mapToInt(node -> node.done().size()).sum();
    }
}
