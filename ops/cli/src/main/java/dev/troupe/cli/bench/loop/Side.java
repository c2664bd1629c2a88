package dev.troupe.cli.bench.loop;

import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.util.List;

/** One way to do the work of a plan. */
interface Side {

    String name();

    /**
     * Trains on the tasks, from the reference policy on.
     *
     * @throws IOException when it did not come to the end
     */
    SideRun run(List<Task> tasks) throws IOException, InterruptedException;
}
