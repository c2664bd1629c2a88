package dev.troupe.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalModeException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBrokerIT {

    private static final TopicPartition LINES = new TopicPartition("lines", 0);

    @TempDir
    Path dir;

    @Test
    void aRestartKeepsTopicsAndRecords() throws Exception {
        try (LocalBroker broker = LocalBroker.start(dir, 0)) {
            createTopic(broker);
            produce(broker, "one", "two", "three");
            assertThat(consume(broker, 3)).containsExactly("one", "two", "three");
        }
        try (LocalBroker broker = LocalBroker.start(dir, 0)) {
            produce(broker, "four");

            assertThat(consume(broker, 4)).containsExactly("one", "two", "three", "four");
            assertThat(broker.fault()).isEmpty();
        }
    }

    @Test
    void listensOnThePortItWasGiven() throws Exception {
        int port = Ports.free(new SplittableRandom());
        try (LocalBroker broker = LocalBroker.start(dir, port)) {
            assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            try (Admin admin = admin(broker)) {
                assertThat(admin.describeCluster().nodes().get(10, TimeUnit.SECONDS))
                        .singleElement()
                        .satisfies(node -> assertThat(node.port()).isEqualTo(port));
            }
        }
    }

    @Test
    void refusesADirectoryThatAnotherBrokerOfTheProcessHolds() throws Exception {
        try (LocalBroker broker = LocalBroker.start(dir, 0)) {
            createTopic(broker);

            assertThatThrownBy(() -> LocalBroker.start(dir, 0))
                    .isInstanceOfSatisfying(
                            LocalModeException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.DIRECTORY_IN_USE))
                    .hasMessageContaining(dir.toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid());

            produce(broker, "unharmed");
            assertThat(consume(broker, 1)).containsExactly("unharmed");
        }
    }

    @Test
    void refusesADirectoryThatAnotherProcessHolds() throws Exception {
        try (LocalBroker broker = LocalBroker.start(dir, 0)) {
            var second = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            SecondBroker.class.getName(),
                            dir.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(second.getInputStream().readAllBytes(), UTF_8);

            assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(output)
                    .contains("DIRECTORY_IN_USE")
                    .contains("process " + ProcessHandle.current().pid());
            createTopic(broker);
            produce(broker, "unharmed");
            assertThat(consume(broker, 1)).containsExactly("unharmed");
        }
    }

    /** What {@link #refusesADirectoryThatAnotherProcessHolds} runs in a second process. */
    static final class SecondBroker {

        private SecondBroker() {}

        public static void main(String[] args) {
            try (LocalBroker broker = LocalBroker.start(Path.of(args[0]), 0)) {
                throw new IllegalStateException("started a second broker on " + broker.bootstrapServers());
            } catch (LocalModeException e) {
                throw new IllegalStateException(e.reason() + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void survivesAKill() throws Exception {
        var child = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledBroker.class.getName(),
                        dir.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var output = child.inputReader(UTF_8)) {
            assertThat(output.lines().anyMatch("written"::equals)).isTrue();
        } finally {
            child.destroyForcibly().waitFor();
        }

        try (LocalBroker broker = LocalBroker.start(dir, 0)) {
            assertThat(consume(broker, 2)).containsExactly("before", "the kill");
        }
    }

    /** What {@link #survivesAKill} runs and kills. */
    static final class KilledBroker {

        private KilledBroker() {}

        public static void main(String[] args) throws Exception {
            LocalBroker broker = LocalBroker.start(Path.of(args[0]), 0);
            createTopic(broker);
            produce(broker, "before", "the kill");
            new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, UTF_8).println("written");
            Thread.currentThread().join();
        }
    }

    @Test
    void namesThePortThatIsInUse() throws IOException {
        try (var taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(Ports.loopback(), Ports.free(new SplittableRandom())));

            assertThatThrownBy(() -> LocalBroker.start(dir, taken.getLocalPort()))
                    .isInstanceOfSatisfying(
                            LocalModeException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.PORT_IN_USE))
                    .hasMessageContaining("port " + taken.getLocalPort());
            assertThat(dir).isEmptyDirectory();
        }
    }

    @Test
    void refusesADirectoryThatIsAFile() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "in the way");

        assertThatThrownBy(() -> LocalBroker.start(file, 0))
                .isInstanceOf(LocalModeException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void leavesNoThreadsAndNoLockAndNothingOnStdout() {
        PrintStream stdout = System.out;
        var captured = new ByteArrayOutputStream();
        System.setOut(new PrintStream(captured, true, UTF_8));
        try {
            LocalBroker.start(dir, 0).close();
        } finally {
            System.setOut(stdout);
        }
        assertThat(captured.toString(UTF_8).lines().filter(line -> !line.matches("\\d\\d:.*")))
                .as("apart from the log")
                .noneMatch(line -> line.contains("Formatting") || line.contains("meta.properties"));
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(threadsOfKafka()).isEmpty());
        LocalBroker again = LocalBroker.start(dir, 0);
        again.close();
        again.close();
    }

    @Test
    void shareGroupsAndTransactionsWork() throws Exception {
        try (LocalBroker broker = LocalBroker.start(dir, 0)) {
            createTopic(broker);
            try (Admin admin = admin(broker);
                    var producer = new KafkaProducer<>(
                            Map.<String, Object>of(
                                    "bootstrap.servers", broker.bootstrapServers(), "transactional.id", "t"),
                            new StringSerializer(),
                            new StringSerializer());
                    var worker = new KafkaShareConsumer<>(
                            Map.<String, Object>of(
                                    "bootstrap.servers", broker.bootstrapServers(), "group.id", "workers"),
                            new StringDeserializer(),
                            new StringDeserializer())) {
                admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(ConfigResource.Type.GROUP, "workers"),
                                List.of(new AlterConfigOp(
                                        new ConfigEntry("share.auto.offset.reset", "earliest"),
                                        AlterConfigOp.OpType.SET))))
                        .all()
                        .get(10, TimeUnit.SECONDS);
                producer.initTransactions();
                producer.beginTransaction();
                var _ = producer.send(new ProducerRecord<>(LINES.topic(), "k", "work"));
                producer.commitTransaction();
                worker.subscribe(List.of(LINES.topic()));

                var seen = new ArrayList<String>();
                await().atMost(Duration.ofSeconds(20)).until(() -> {
                    worker.poll(Duration.ofMillis(200)).forEach(record -> seen.add(record.value()));
                    return !seen.isEmpty();
                });
                assertThat(seen).containsExactly("work");
            }
        }
    }

    private static String threadsOfKafka() {
        return Thread.getAllStackTraces().keySet().stream()
                // The JVM's own, for virtual threads that wait: it stays once any test has used one.
                .filter(thread -> !thread.getName().startsWith("ForkJoinPool-"))
                .filter(thread -> thread.getName()
                        .matches("(?i).*(kafka|raft|controller|broker|data-plane|log-|scheduler|coordinator|share-).*"))
                .map(Thread::getName)
                .collect(Collectors.joining(", "));
    }

    private static Admin admin(LocalBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static void createTopic(LocalBroker broker) throws Exception {
        try (Admin admin = admin(broker)) {
            admin.createTopics(List.of(new NewTopic(LINES.topic(), 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            await().ignoreExceptions()
                    .until(() -> admin.listOffsets(Map.of(LINES, OffsetSpec.latest()))
                                    .all()
                                    .get(5, TimeUnit.SECONDS)
                            != null);
        }
    }

    private static void produce(LocalBroker broker, String... values) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(LINES.topic(), 0, "k", value))
                        .get(10, TimeUnit.SECONDS);
            }
        }
    }

    private static List<String> consume(LocalBroker broker, int count) {
        var values = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(LINES));
            consumer.seekToBeginning(List.of(LINES));
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
                return values.size() >= count;
            });
        }
        return values;
    }
}
