package dev.troupe.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.jspecify.annotations.Nullable;

/**
 * Plain JSON to Avro records: absent fields take their defaults, a union with null is simply the value, unknown fields
 * are refused. (Avro's own JSON encoding wants every field and tagged unions, which nobody writes by hand.)
 */
final class JsonRecords {

    private JsonRecords() {}

    static Object toRecord(JsonNode json, Schema schema) throws MalformedRecordException {
        Object generic = convert(json, schema, "task");
        try {
            var bytes = new ByteArrayOutputStream();
            var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new GenericDatumWriter<>(schema).write(generic, encoder);
            encoder.flush();
            var decoder = DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null);
            return new SpecificDatumReader<>(schema).read(null, decoder);
        } catch (IOException e) {
            throw new MalformedRecordException("the record cannot be built: " + e.getMessage(), e);
        }
    }

    private static @Nullable Object convert(@Nullable JsonNode json, Schema schema, String path)
            throws MalformedRecordException {
        if (json == null) {
            throw new MalformedRecordException(path + " is missing");
        }
        return switch (schema.getType()) {
            case RECORD -> record(json, schema, path);
            case ARRAY -> array(json, schema, path);
            case MAP -> map(json, schema, path);
            case UNION -> union(json, schema, path);
            case ENUM -> symbol(json, schema, path);
            case STRING -> text(json, path);
            case BOOLEAN -> check(json.isBoolean(), json, path, "true or false").booleanValue();
            case INT ->
                check(json.isIntegralNumber() && json.canConvertToInt(), json, path, "a whole number of 32 bits")
                        .intValue();
            case LONG ->
                check(json.isIntegralNumber() && json.canConvertToLong(), json, path, "a whole number of 64 bits")
                        .longValue();
            case FLOAT -> (float) finite(json, path);
            case DOUBLE -> finite(json, path);
            case NULL -> {
                check(json.isNull(), json, path, "null");
                yield null;
            }
            case BYTES, FIXED -> throw new MalformedRecordException(path + " is binary; feed it as Avro");
        };
    }

    private static Object record(JsonNode json, Schema schema, String path) throws MalformedRecordException {
        check(json.isObject(), json, path, "a JSON object");
        var known = new TreeSet<String>();
        for (Schema.Field field : schema.getFields()) {
            known.add(field.name());
        }
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new MalformedRecordException(
                        "%s has no field '%s'; known fields: %s".formatted(path, shorten(name), known));
            }
        }
        var record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
            JsonNode value = json.get(field.name());
            if (value == null && field.hasDefaultValue()) {
                record.put(field.pos(), GenericData.get().getDefaultValue(field));
            } else {
                record.put(field.pos(), convert(value, field.schema(), path + "." + field.name()));
            }
        }
        return record;
    }

    private static List<@Nullable Object> array(JsonNode json, Schema schema, String path)
            throws MalformedRecordException {
        check(json.isArray(), json, path, "a JSON array");
        var items = new ArrayList<@Nullable Object>(json.size());
        for (int i = 0; i < json.size(); i++) {
            items.add(convert(json.get(i), schema.getElementType(), path + "[" + i + "]"));
        }
        return items;
    }

    private static Map<String, @Nullable Object> map(JsonNode json, Schema schema, String path)
            throws MalformedRecordException {
        check(json.isObject(), json, path, "a JSON object");
        var entries = new HashMap<String, @Nullable Object>();
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            entries.put(
                    entry.getKey(),
                    convert(entry.getValue(), schema.getValueType(), path + "." + shorten(entry.getKey())));
        }
        return entries;
    }

    private static @Nullable Object union(JsonNode json, Schema schema, String path) throws MalformedRecordException {
        if (json.isNull() && schema.isNullable()) {
            return null;
        }
        for (Schema branch : schema.getTypes()) {
            if (branch.getType() != Schema.Type.NULL) {
                return convert(json, branch, path);
            }
        }
        throw new MalformedRecordException(path + " must be null");
    }

    private static Object symbol(JsonNode json, Schema schema, String path) throws MalformedRecordException {
        check(
                json.isTextual() && schema.hasEnumSymbol(json.textValue()),
                json,
                path,
                "one of " + schema.getEnumSymbols());
        return new GenericData.EnumSymbol(schema, json.textValue());
    }

    private static String text(JsonNode json, String path) throws MalformedRecordException {
        return check(json.isTextual(), json, path, "a string").textValue();
    }

    private static double finite(JsonNode json, String path) throws MalformedRecordException {
        check(json.isNumber() && Double.isFinite(json.doubleValue()), json, path, "a finite number");
        return json.doubleValue();
    }

    private static JsonNode check(boolean holds, JsonNode json, String path, String expected)
            throws MalformedRecordException {
        if (!holds) {
            throw new MalformedRecordException(
                    "%s must be %s, not %s".formatted(path, expected, shorten(json.toString())));
        }
        return json;
    }

    private static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
