package dev.troupe.cli.dlq;

import dev.troupe.runtime.kafka.DeadLetterReason;
import java.time.Instant;
import java.util.Optional;

/** Which letters are meant; what is empty or MIN leaves none out. */
record LetterFilter(Optional<DeadLetterReason> reason, Optional<String> topic, Optional<String> stage, Instant since) {

    boolean accepts(Letter letter) {
        return reason.map(wanted -> wanted.tag().equals(letter.reason())).orElse(true)
                && topic.map(wanted -> wanted.equals(letter.topic())).orElse(true)
                && stage.map(wanted -> wanted.equals(letter.stage())).orElse(true)
                && !letter.time().isBefore(since);
    }
}
