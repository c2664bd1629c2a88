package dev.troupe.cli.bench.stream;

import static dev.troupe.schemas.TopicCatalog.ACTIONS;
import static dev.troupe.schemas.TopicCatalog.EPISODE_GROUPS;
import static dev.troupe.schemas.TopicCatalog.MODEL_VERSIONS;
import static dev.troupe.schemas.TopicCatalog.TASKS;

import dev.troupe.agent.AgentService;
import dev.troupe.cli.bench.stream.StreamReport.Scale;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.runtime.lifecycle.Lifecycle;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Agents of the production service, each with a place of its own in the share group, that think for a while about every
 * turn and then draw letters. With enough turns waiting, twice the agents should play twice the turns.
 */
final class ScaleRun {

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LONGEST_WARM_UP = Duration.ofMinutes(1);

    private final StreamPlan plan;
    private final Consumer<String> progress;

    ScaleRun(StreamPlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    List<Scale> run() throws IOException {
        var found = new ArrayList<Scale>();
        try (Stage stage = Stage.open(plan.settings());
                var agents = new Agents(stage, plan.thinking());
                var crowd = new Crowd(stage.clients())) {
            for (int count : plan.agents()) {
                agents.grow(count);
                crowd.warmUp(count);
                crowd.play(count, plan.thinking().multipliedBy(2));
                long before = System.nanoTime();
                long turns = crowd.play(count, plan.scale());
                var scale = new Scale(count, turns / ((System.nanoTime() - before) / 1e9));
                found.add(scale);
                progress.accept(String.format(Locale.ROOT, "%d agents: %.1f turns/s", count, scale.turnsPerSecond()));
            }
            stage.requireCleanRun();
        }
        return found;
    }

    /** The agents so far. */
    private static final class Agents implements AutoCloseable {
        private final Stage stage;
        private final Duration thinking;
        private final List<Lifecycle> services = new ArrayList<>();
        private final List<KafkaClients> clients = new ArrayList<>();

        Agents(Stage stage, Duration thinking) {
            this.stage = stage;
            this.thinking = thinking;
        }

        void grow(int count) {
            while (services.size() < count) {
                Settings settings = stage.with(Map.of(
                        "agent.id",
                        "agent-" + services.size(),
                        "agent.policy",
                        "random",
                        "agent.batch",
                        "1",
                        "agent.random.delay",
                        thinking.toMillis() + "ms"));
                var own = new KafkaClients(settings);
                clients.add(own);
                var service = new Lifecycle(List.of(new AgentService(settings, own, new SimpleMeterRegistry())));
                services.add(service);
                settings.check();
                service.start();
            }
        }

        @Override
        public void close() {
            services.forEach(Lifecycle::close);
            clients.forEach(KafkaClients::close);
        }
    }

    /** Keeps turns waiting for the agents, and counts what they play. */
    private static final class Crowd implements AutoCloseable {
        private final TopicWriter writer;
        private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
        private long fed;
        private long closed;

        Crowd(KafkaClients clients) {
            this.writer = new TopicWriter(clients, "bench-crowd");
            this.consumer =
                    BenchTopics.readFromEnd(clients, "bench-crowd", List.of(ACTIONS.name(), EPISODE_GROUPS.name()));
            var _ = writer.send(MODEL_VERSIONS, Rehearsal.TEAM, Rehearsal.version());
        }

        /** Plays until the share group has let the agents in: as many turns as there are agents, or a minute. */
        void warmUp(int agents) {
            long end = System.nanoTime() + LONGEST_WARM_UP.toNanos();
            long turns = 0;
            while (turns < agents && System.nanoTime() < end) {
                turns += play(agents, POLL.multipliedBy(10));
            }
        }

        /** How many turns were played in that time. */
        long play(int agents, Duration duration) {
            long end = System.nanoTime() + duration.toNanos();
            long turns = 0;
            // A group has turns for 16 agents; as many again wait, so that none is idle between two groups.
            long enough = 2 + 2L * agents / (Rehearsal.EPISODES * Rehearsal.ROLES);
            while (System.nanoTime() < end) {
                while (fed - closed < enough) {
                    String taskId = "scale-" + fed++;
                    var _ = writer.send(TASKS, taskId, Rehearsal.task(taskId));
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.topic().equals(ACTIONS.name())) {
                        turns++;
                    } else {
                        closed++;
                    }
                }
            }
            return turns;
        }

        @Override
        public void close() {
            consumer.close();
            writer.close();
        }
    }
}
