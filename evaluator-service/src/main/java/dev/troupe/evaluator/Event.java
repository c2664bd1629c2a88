package dev.troupe.evaluator;

import dev.troupe.schemas.avro.Alarm;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.ModelVersion;

/** What the evaluator hears of from the topics. */
sealed interface Event {

    record Published(ModelVersion version) implements Event {}

    record Evaluated(Evaluation evaluation) implements Event {}

    record Raised(Alarm alarm) implements Event {}

    record Ended(Episode episode) implements Event {}
}
