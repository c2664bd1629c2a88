package dev.troupe.schemas;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Records to bytes and back, in Confluent's wire format (magic 0, schema id, Avro binary), through Confluent's own
 * serializers and registry client. Values of {@code tasks} may also be JSON text.
 *
 * <p>Schemas are never registered on the way: {@code troupe topics apply} does that once. Settings are passed to the
 * client verbatim ({@code schema.registry.url}, {@code basic.auth.*}, {@code ssl.*}). Safe for use by many threads.
 */
public final class RecordCodec implements AutoCloseable {

    /** The magic byte and the schema id. */
    private static final int HEADER_BYTES = 1 + Integer.BYTES;

    private static final int NOT_FOUND = 404;
    private static final int UNPROCESSABLE = 422;

    private final KafkaAvroSerializer serializer = new KafkaAvroSerializer();
    private final KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer();
    /** Of the topics that were written to: the registry never gives a schema another id. */
    private final Map<String, Writing> writings = new ConcurrentHashMap<>();
    /** By the schema of the writer; the registry never gives its id to another. */
    private final Map<Reading, DatumReader<Object>> readers = new ConcurrentHashMap<>();

    /** @param settings the registry client's settings; at least {@code schema.registry.url} */
    public RecordCodec(Map<String, ?> settings) {
        if (!settings.containsKey("schema.registry.url")) {
            throw new IllegalArgumentException("schema.registry.url is missing; set it to the registry's address");
        }
        var all = new HashMap<String, Object>(settings);
        all.putIfAbsent("auto.register.schemas", false);
        all.put("specific.avro.reader", true);
        // Generated classes carry "avro.java.string"; the registered schemas are the plain ones.
        all.put("avro.remove.java.properties", true);
        serializer.configure(all, false);
        deserializer.configure(all, false);
    }

    /** How the values of a topic are written; any number of threads may. */
    private static final class Writing {

        private final byte[] header;
        private final DatumWriter<Object> writer;

        private Writing(byte[] header, DatumWriter<Object> writer) {
            this.header = header;
            this.writer = writer;
        }

        static Writing of(Topic<?> topic, byte[] first) {
            return new Writing(
                    Arrays.copyOf(first, HEADER_BYTES), new SpecificDatumWriter<>(topic.schema(), generated()));
        }

        byte[] encode(Object value) throws IOException {
            var bytes = new ByteArrayOutputStream(1024);
            bytes.write(header);
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            writer.write(value, encoder);
            encoder.flush();
            return bytes.toByteArray();
        }
    }

    /** What values of a topic are read with that were written with a schema. */
    private record Reading(String topic, Schema writer) {}

    /** The generated classes' own code: several times faster than going through their fields by the schema. */
    private static SpecificData generated() {
        var data = new SpecificData(RecordCodec.class.getClassLoader());
        data.setCustomCoders(true);
        return data;
    }

    /**
     * Encodes a value. The first of a topic goes through Confluent's serializer, which asks the registry for the
     * schema's id; the others repeat the id, and cost no look-up.
     *
     * @throws RegistryUnavailableException when the registry does not answer
     * @throws IllegalStateException when the registry does not know the schema
     */
    public <T extends SpecificRecord> byte[] encode(Topic<T> topic, T value) {
        Writing writing = writings.get(topic.name());
        if (writing == null) {
            byte[] first = encodeFirst(topic, value);
            writings.put(topic.name(), Writing.of(topic, first));
            return first;
        }
        try {
            return writing.encode(value);
        } catch (IOException | RuntimeException e) {
            throw new IllegalStateException(
                    "cannot write a record of topic %s: %s".formatted(topic.name(), rootMessage(e)), e);
        }
    }

    private <T extends SpecificRecord> byte[] encodeFirst(Topic<T> topic, T value) {
        try {
            // A lock of its own: the registry is asked under it, and no reader should wait for that.
            synchronized (serializer) {
                return serializer.serialize(topic.name(), value);
            }
        } catch (SerializationException e) {
            if (isOutage(e)) {
                throw new RegistryUnavailableException("the schema registry did not answer: " + rootMessage(e), e);
            }
            throw new IllegalStateException(
                    "cannot write a record of topic %s: %s; run 'troupe topics apply' to register the schemas"
                            .formatted(topic.name(), rootMessage(e)),
                    e);
        }
    }

    /**
     * Decodes a value.
     *
     * @throws MalformedRecordException when the bytes are not a record of that topic
     * @throws RegistryUnavailableException when the registry does not answer; the record may be fine
     */
    public <T extends SpecificRecord> T decode(Topic<T> topic, byte[] bytes) throws MalformedRecordException {
        if (bytes.length == 0) {
            throw new MalformedRecordException("the value is empty");
        }
        if (bytes.length > Topic.MAX_MESSAGE_BYTES) {
            // A producer that compresses gets more than this past the broker.
            throw new MalformedRecordException(
                    "the value has %d bytes, at most %d are taken".formatted(bytes.length, Topic.MAX_MESSAGE_BYTES));
        }
        if (topic.equals(TopicCatalog.TASKS) && bytes[0] != 0) {
            return topic.type().cast(TaskJson.parse(bytes));
        }
        return topic.type().cast(decodeAvro(topic, bytes));
    }

    private Object decodeAvro(Topic<?> topic, byte[] bytes) throws MalformedRecordException {
        Schema writer;
        try {
            writer = writerSchema(topic, bytes);
        } catch (IOException | RestClientException e) {
            if (isOutage(e)) {
                throw new RegistryUnavailableException("the schema registry did not answer: " + rootMessage(e), e);
            }
            throw new MalformedRecordException("not a record of topic " + topic.name() + ": " + rootMessage(e), e);
        }
        AvroShape.check(writer, bytes, HEADER_BYTES);
        try {
            // A full heap is not the record's fault and passes: AvroShape has bounded the lengths it declares.
            return readers.computeIfAbsent(
                            new Reading(topic.name(), writer),
                            _ -> new SpecificDatumReader<>(writer, topic.schema(), generated()))
                    .read(
                            null,
                            DecoderFactory.get().binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, null));
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new MalformedRecordException("not a record of topic " + topic.name() + ": " + rootMessage(e), e);
        }
    }

    /** The schema that the record names, once it is known to be one of the topic's. */
    private Schema writerSchema(Topic<?> topic, byte[] bytes)
            throws MalformedRecordException, IOException, RestClientException {
        if (bytes.length < HEADER_BYTES || bytes[0] != 0) {
            throw new MalformedRecordException(
                    "not in Confluent's wire format: it starts with byte %d and has %d bytes; expected are 0 and a schema id of 4 bytes"
                            .formatted(bytes[0], bytes.length));
        }
        int id = ByteBuffer.wrap(bytes).getInt(1);
        ParsedSchema schema = deserializer.getSchemaBySubjectAndId(topic.subject(), id);
        String expected = topic.schema().getFullName();
        if (schema instanceof AvroSchema avro && avro.rawSchema().getFullName().equals(expected)) {
            return avro.rawSchema();
        }
        throw new MalformedRecordException(
                "schema %d is %s, topic %s holds %s".formatted(id, schema.name(), topic.name(), expected));
    }

    /** A Kafka serializer for the values of a topic, for use in producers. */
    public <T extends SpecificRecord> Serializer<T> serializer(Topic<T> topic) {
        return (name, value) -> encode(topic, value);
    }

    /** A Kafka deserializer for the values of a topic; malformed bytes throw {@link SerializationException}. */
    public <T extends SpecificRecord> Deserializer<T> deserializer(Topic<T> topic) {
        return (name, bytes) -> {
            try {
                return decode(topic, bytes);
            } catch (MalformedRecordException e) {
                throw new SerializationException(e.getMessage(), e);
            }
        };
    }

    @Override
    public void close() {
        serializer.close();
        deserializer.close();
    }

    private static boolean isOutage(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof RestClientException answer) {
                // Anything else, as a refused login, says nothing about the record.
                return answer.getStatus() != NOT_FOUND && answer.getStatus() != UNPROCESSABLE;
            }
            if (cause instanceof IOException io) {
                // The client says so of a schema of another kind, JSON or Protobuf: the registry has answered.
                return !String.valueOf(io.getMessage()).startsWith("Invalid schema ");
            }
        }
        return false;
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
