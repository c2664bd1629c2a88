package dev.troupe.local;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;

/** One version of a subject; {@code id} names the schema in every record written with it. */
record RegisteredSchema(String subject, int version, int id, AvroSchema schema) {}
