package dev.troupe.cli.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Task;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;

/** Valid records of every topic with random content, and the same with numbers that are none. */
final class Corpus {

    private static final int EACH = 12;

    /** A record that its topic takes. */
    record Valid(String key, Bytes value, Bytes notANumber) {}

    private final Map<String, List<Valid>> records = new HashMap<>();

    Corpus(RecordCodec codec, long seed) throws IOException {
        for (Topic<?> topic : TopicCatalog.all()) {
            records.put(topic.name(), valid(codec, topic, seed));
        }
    }

    Valid any(String topic, Random random) {
        List<Valid> all = records.getOrDefault(topic, List.of());
        return all.get(random.nextInt(all.size()));
    }

    /** A task that can be played. */
    static Task task(String id, int generations) {
        return Task.newBuilder()
                .setTaskId(id)
                .setEnvironment("writing")
                .setPrompt("A text that two authors are to summarise.")
                .setNumGenerations(generations)
                .build();
    }

    private static <T extends SpecificRecord> List<Valid> valid(RecordCodec codec, Topic<T> topic, long seed)
            throws IOException {
        var valid = new ArrayList<Valid>();
        for (Object random :
                new RandomData(topic.schema(), EACH, seed + topic.name().hashCode())) {
            T record = specific(topic, (IndexedRecord) random);
            spoil((IndexedRecord) random, valid.size() % 2 == 0 ? Double.NaN : Double.POSITIVE_INFINITY);
            valid.add(new Valid(
                    topic.keyOf(record),
                    new Bytes(codec.encode(topic, record)),
                    new Bytes(codec.encode(topic, specific(topic, (IndexedRecord) random)))));
        }
        if (topic.equals(TopicCatalog.TASKS)) {
            Task task = task("playable", 1);
            byte[] bytes = codec.encode(TopicCatalog.TASKS, task);
            valid.add(new Valid(task.getTaskId(), new Bytes(bytes), new Bytes(bytes)));
        }
        return valid;
    }

    private static <T extends SpecificRecord> T specific(Topic<T> topic, IndexedRecord generic) throws IOException {
        var out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<IndexedRecord>(topic.schema()).write(generic, encoder);
        encoder.flush();
        // A generated class builds its records from the reader's side.
        SpecificRecord record = new SpecificDatumReader<SpecificRecord>(topic.schema())
                .read(null, DecoderFactory.get().binaryDecoder(out.toByteArray(), null));
        return topic.type().cast(record);
    }

    /** Puts the number wherever one with a fraction can be. */
    private static void spoil(IndexedRecord record, double number) {
        for (Schema.Field field : record.getSchema().getFields()) {
            switch (record.get(field.pos())) {
                case Double _ -> record.put(field.pos(), number);
                case Float _ -> record.put(field.pos(), (float) number);
                case IndexedRecord inner -> spoil(inner, number);
                case List<?> items ->
                    items.forEach(item -> {
                        if (item instanceof IndexedRecord inner) {
                            spoil(inner, number);
                        }
                    });
                case null, default -> {}
            }
        }
    }

    /** Bytes as a value; not to be written to. */
    static final class Bytes {
        private final byte[] bytes;

        Bytes(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        static Bytes of(String text) {
            return new Bytes(text.getBytes(UTF_8));
        }

        byte[] copy() {
            return bytes.clone();
        }
    }
}
