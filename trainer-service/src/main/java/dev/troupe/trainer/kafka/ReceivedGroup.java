package dev.troupe.trainer.kafka;

import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.avro.EpisodeGroup;

/** A record of the team's own in {@code episode-groups}. */
public sealed interface ReceivedGroup {
    /** A group. */
    record Decoded(EpisodeGroup group) implements ReceivedGroup {}

    /** What is no group of the team, and where it lies; the reward-service's intake makes the dead letter. */
    record Malformed(Origin where) implements ReceivedGroup {}
}
