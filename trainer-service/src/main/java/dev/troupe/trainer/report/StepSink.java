package dev.troupe.trainer.report;

import dev.troupe.schemas.avro.TrainingStep;
import java.io.IOException;
import java.util.Optional;

/**
 * Where the steps of one team are shown. A step is there as a whole or not at all, and the sink itself knows the last
 * one: so whatever is killed, the next opening goes on behind it. After a failure it is opened again. Owned by one
 * thread.
 */
interface StepSink extends AutoCloseable {

    /**
     * The last step that a sink has.
     *
     * @param finishedAt epoch ms
     */
    record Last(long step, long finishedAt) {}

    /** What it is, for people: a file or an address. */
    String place();

    /**
     * Opens it behind the last step that is there, and drops what is behind it.
     *
     * @return empty when there is none yet
     */
    Optional<Last> open() throws IOException, InterruptedException;

    void write(TrainingStep step) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}
