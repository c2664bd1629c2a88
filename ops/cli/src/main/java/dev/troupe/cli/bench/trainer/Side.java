package dev.troupe.cli.bench.trainer;

import dev.troupe.cli.bench.peer.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Who is measured. Used by one thread; closing frees what was prepared last. */
interface Side extends AutoCloseable {

    /** Library and version. */
    String name();

    Precision precision();

    /** Starts anew from the task's weights; frees what was prepared before. */
    void prepare(Task task) throws IOException;

    /** Takes one step, and times it. */
    Step run() throws IOException;

    /** Writes the weights as they are now, as a Hugging Face directory. */
    void save(Path directory) throws IOException;

    @Override
    void close();

    /**
     * What is to be done.
     *
     * @param model Hugging Face directory to start from
     * @param replay what is trained on, where nothing is sampled
     * @param replayFile the same for the other side
     */
    record Task(GrpoSize size, Work work, Path model, Rollouts replay, Path replayFile) {}

    /**
     * What one step took.
     *
     * @param cpuSeconds of all threads of the process
     * @param peakBytes most memory of the process that was resident since the preparation, where the system tells
     * @param gradNorm before clipping
     */
    record Step(double seconds, double cpuSeconds, OptionalLong peakBytes, double loss, double gradNorm) {
        public Step {
            if (!(seconds > 0)) {
                throw new IllegalArgumentException("seconds must be more than 0: " + seconds);
            }
        }
    }
}
