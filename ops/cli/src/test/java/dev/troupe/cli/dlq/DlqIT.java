package dev.troupe.cli.dlq;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.local.LocalCluster;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.TopicCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * What a person sees of dead letters and does with them, on a real broker. Each part reads what the one before left.
 */
class DlqIT {

    private static final byte[] POISON = "\u001b[2J poison".getBytes(UTF_8);

    private record Answer(int code, String out, String err) {}

    @TempDir
    private Path dir;

    private final List<String> address = new ArrayList<>();

    @Test
    void lettersAreListedShownAndReplayedOnce() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(dir.resolve("cluster"), 0, 0);
                KafkaClients clients = new KafkaClients(Settings.of(cluster.settings()));
                var producer = clients.producer("test", Map.of())) {
            address.addAll(List.of("--set", "kafka.bootstrap.servers=" + cluster.bootstrapServers()));
            address.addAll(List.of("--set", "schema.registry.url=" + cluster.registryUrl()));
            for (ProducerRecord<byte[], byte[]> letter : List.of(
                    letter("tasks", DeadLetterReason.MALFORMED, POISON),
                    letter("episodes", DeadLetterReason.WRONG_KEY, "two".getBytes(UTF_8)),
                    omitted(),
                    new ProducerRecord<>(
                            TopicCatalog.DEAD_LETTERS, "k".getBytes(UTF_8), "no origin".getBytes(UTF_8)))) {
                producer.send(letter).get();
            }
            listsAndCountsWhatTheFiltersChoose();
            showsOneAndWritesItsBytes();
            replaysEachLetterOnce(clients);
        }
    }

    private static ProducerRecord<byte[], byte[]> letter(String topic, DeadLetterReason reason, byte[] value) {
        return new ProducerRecord<>(
                TopicCatalog.DEAD_LETTERS,
                null,
                1_700_000_000_000L,
                "k\u0007".getBytes(UTF_8),
                value,
                headers(topic, reason));
    }

    private static ProducerRecord<byte[], byte[]> omitted() {
        Headers headers =
                headers("tasks", DeadLetterReason.TOO_LARGE).add(DeadLetters.OMITTED, "9000000".getBytes(UTF_8));
        return new ProducerRecord<>(TopicCatalog.DEAD_LETTERS, null, null, "k".getBytes(UTF_8), null, headers);
    }

    private static Headers headers(String topic, DeadLetterReason reason) {
        return DeadLetters.headers(
                new RecordHeaders().add("trace", new byte[] {1, (byte) 0x80}),
                new Origin(topic, 0, 41),
                reason,
                "stage/one",
                "bad \u001b[31m thing",
                null);
    }

    private Answer dlq(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(address);
        int code = new CommandLine(new DlqCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((failure, line, _) -> {
                    line.getErr().println(failure.getMessage());
                    return 1;
                })
                .execute(all.toArray(String[]::new));
        assertThat(out.toString() + err).doesNotContain("\u001b").doesNotContain("\u0007");
        return new Answer(code, out.toString(), err.toString());
    }

    private void listsAndCountsWhatTheFiltersChoose() {
        Answer all = dlq("list");
        assertThat(all.code()).as(all.err()).isZero();
        assertThat(all.out())
                .contains(
                        "0:0", "2023-11-14T22:13:20Z", "tasks-0@41", "stage/one", "malformed", "bad \\u001b[31m thing")
                .contains("4 dead letters: - 1, malformed 1, too-large 1, wrong-key 1");
        assertThat(dlq("list", "--topic", "episodes").out()).contains("0:1").contains("1 dead letters: wrong-key 1");
        assertThat(dlq("list", "--since", "1h").out()).contains("2 dead letters: - 1, too-large 1");
        assertThat(dlq("list", "--limit", "1").out()).contains("and 3 more").doesNotContain("0:1 ");
        assertThat(dlq("list", "--stage", "elsewhere").out()).isEqualToIgnoringNewLines("0 dead letters");
    }

    private void showsOneAndWritesItsBytes() throws IOException {
        Path raw = dir.resolve("value");
        Answer shown = dlq("show", "0:0", "--raw", raw.toString());
        assertThat(shown.code()).isZero();
        assertThat(shown.out()).contains("trace = 0x0180", "key       k\\u0007", "1b 5b 32 4a", ".[2J poison");
        assertThat(Files.readAllBytes(raw)).isEqualTo(POISON);

        assertThat(dlq("show", "0:2", "--raw", raw.toString()).err()).contains("9000000 bytes did not fit");
        Answer nowhere = dlq("show", "0:99");
        assertThat(nowhere.code()).isEqualTo(1);
        assertThat(nowhere.err()).contains("no dead letter at 0:99");
        assertThat(dlq("show", "7:0").err()).contains("no dead letter at 7:0");
    }

    private void replaysEachLetterOnce(KafkaClients clients) {
        assertThat(dlq("replay", "--all", "--dry-run").out()).contains("2 would be replayed, 0 skipped, 2 refused");
        assertThat(records(clients, "tasks")).isEmpty();

        Answer first = dlq("replay", "0:0");
        assertThat(first.code()).isZero();
        assertThat(first.out())
                .contains("0:0  to tasks  key=k\\u0007  11 bytes")
                .contains("1 replayed");
        Answer all = dlq("replay", "--all");
        assertThat(all.code()).isEqualTo(1);
        assertThat(all.out())
                .contains("0:2  refused: its value of 9000000 bytes")
                .contains("0:3  refused: it does not say which topic")
                .contains("1 replayed, 0 skipped, 2 refused");
        assertThat(dlq("replay", "0:0", "0:1").out()).contains("0 replayed, 2 skipped");
        Answer unknown = dlq("replay", "0:99");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.out()).contains("0:99  refused: there is no letter");
        assertThat(dlq("list").out()).contains("(replayed)").contains("4 dead letters");

        assertThat(records(clients, "tasks")).singleElement().satisfies(record -> {
            assertThat(record.value()).isEqualTo(POISON);
            assertThat(record.key()).isEqualTo("k\u0007".getBytes(UTF_8));
            assertThat(record.headers().lastHeader("trace").value()).containsExactly(1, 0x80);
            assertThat(DeadLetters.text(record.headers(), DeadLetters.REPLAYED)).contains("0:0");
            assertThat(record.headers().lastHeader(DeadLetters.REASON)).isNull();
        });
        assertThat(dlq("replay", "0:0", "--again").out()).contains("1 replayed");
        assertThat(records(clients, "tasks")).hasSize(2);
        assertThat(records(clients, "episodes")).hasSize(1);
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(KafkaClients clients, String topic) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = clients.consumer("test", null, Map.of())) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}
