package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DeadLetterWriterTest {

    @Test
    @Timeout(5)
    void writesTheReasonAloneWhereTheClusterTakesNeitherValueNorKey() throws InterruptedException {
        var sent = new MockProducer<byte[], byte[]>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> letter) {
                if (letter.key() != null) {
                    throw new RecordTooLargeException("more than this cluster takes");
                }
                return super.send(letter);
            }
        };
        var original = new ConsumerRecord<>("tasks", 2, 41, "key".getBytes(UTF_8), "value".getBytes(UTF_8));

        new DeadLetterWriter(sent, "s", new SimpleMeterRegistry())
                .write(original, DeadLetterReason.MALFORMED, "m", null);

        assertThat(sent.history()).singleElement().satisfies(letter -> {
            assertThat(letter.value()).isNull();
            assertThat(DeadLetters.text(letter.headers(), DeadLetters.REASON)).contains("malformed");
            assertThat(DeadLetters.text(letter.headers(), DeadLetters.OFFSET)).contains("41");
        });
    }
}
