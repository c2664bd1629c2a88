package dev.troupe.policy;

import java.util.Optional;

/** A request on its way; the ticket that it was admitted under stays its own when it is carried over. */
final class BatchRow {
    private final RunningBatch.Ticket ticket;
    private final SampledSequence sequence;
    private final Optional<AdapterShelf.Use> adapter;
    private boolean gone;

    BatchRow(RunningBatch.Ticket ticket, SampledSequence sequence, Optional<AdapterShelf.Use> adapter) {
        this.ticket = ticket;
        this.sequence = sequence;
        this.adapter = adapter;
    }

    RunningBatch.Ticket ticket() {
        return ticket;
    }

    SampledSequence sequence() {
        return sequence;
    }

    boolean hasAdapter() {
        return adapter.isPresent();
    }

    /** Nobody waits for it here any more. */
    void leave() {
        gone = true;
    }

    boolean leaves() {
        return gone || sequence.isFinished();
    }

    void release() {
        adapter.ifPresent(AdapterShelf.Use::release);
    }

    /** Whether nothing is drawn yet and the other has read all of the prompt, with the same adapter. */
    boolean beginsAs(BatchRow other) {
        return sequence.drawn() == 0
                && sequence.prompt().size() > 1
                && sequence.prompt().equals(other.sequence.prompt())
                && adapter.map(AdapterShelf.Use::weights).equals(other.adapter.map(AdapterShelf.Use::weights));
    }

    DecodingBatch.Prompt prompt() {
        return new DecodingBatch.Prompt(sequence.context(), adapter.map(AdapterShelf.Use::weights));
    }
}
