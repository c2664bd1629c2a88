package dev.troupe.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.ClusterException;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.TopicCatalog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicScanIT {

    private static final String TOPIC = TopicCatalog.DEAD_LETTERS;
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final long EARLY = 1_700_000_000_000L;

    @TempDir
    Path dir;

    @Test
    void aRecordBehindAnOpenTransactionIsWaitedForAndNotOverlooked() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(dir, 0, 0, new Provisioning(1, (short) 1));
                var clients = new KafkaClients(Settings.of(cluster.settings()));
                var producer = clients.producer("plain", Map.of());
                var open = clients.producer("open", Map.of("transactional.id", "somebody"))) {
            send(producer, "before");
            open.initTransactions();
            open.beginTransaction();
            send(open, "aborted");
            send(producer, "behind");

            assertThatExceptionOfType(ClusterException.class)
                    .isThrownBy(() -> scan(clients, Duration.ofMillis(1), ScanRange.ALL))
                    .withMessageContaining("dead-letters")
                    .withMessageContaining("at offset 1 of 3");
            assertThat(scan(clients, Duration.ofMillis(1), range(0, 0))).containsExactly("before");

            open.abortTransaction();
            assertThat(scan(clients, TopicScan.PATIENCE, ScanRange.ALL)).containsExactly("before", "behind");
            assertThat(scan(clients, TopicScan.PATIENCE, range(1, 99))).containsExactly("behind");
            assertThat(scan(clients, TopicScan.PATIENCE, new ScanRange.Since(Instant.ofEpochMilli(EARLY + 1))))
                    .containsExactly("behind");
        }
    }

    private static ScanRange range(long first, long last) {
        return new ScanRange.Offsets(Map.of(PARTITION, first), Map.of(PARTITION, last));
    }

    private static List<String> scan(KafkaClients clients, Duration patience, ScanRange range)
            throws InterruptedException {
        var read = new ArrayList<String>();
        new TopicScan(clients, "test", patience)
                .raw(TOPIC, range, record -> read.add(new String(record.value(), UTF_8)));
        return read;
    }

    private static void send(Producer<byte[], byte[]> producer, String value) throws Exception {
        long time = value.equals("behind") ? EARLY + 2 : EARLY;
        producer.send(new ProducerRecord<>(TOPIC, 0, time, new byte[0], value.getBytes(UTF_8)))
                .get(10, TimeUnit.SECONDS);
    }
}
