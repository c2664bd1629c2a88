package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Turn;

/** What the coordinator is to do because of an event; the state machine decides, the processor carries it out. */
sealed interface Effect {

    /** Hand a turn to the agents. */
    record DealTurn(Turn turn) implements Effect {}

    /** Hand a joint action to the judges. */
    record EmitStep(Step step) implements Effect {}

    /** An episode has ended. */
    record EmitEpisode(Episode episode) implements Effect {}

    /** A training group has closed. */
    record EmitGroup(EpisodeGroup group) implements Effect {}

    /** The event changed nothing. */
    record Ignore(Ignored what) implements Effect {}

    /** The event cannot belong to this group: bad data, to be kept as a dead letter. */
    record Refuse(String why) implements Effect {}
}
