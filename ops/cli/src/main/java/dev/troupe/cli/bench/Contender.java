package dev.troupe.cli.bench;

import dev.troupe.cli.bench.peer.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Who is measured. Used by one thread; closing frees what was prepared last. */
interface Contender extends AutoCloseable {

    /** Library and version. */
    String name();

    Precision precision();

    /** Loads the Hugging Face directory and makes ready for {@link #run}; frees what was prepared before. */
    void prepare(ModelSize size, Path model, Workload workload) throws IOException;

    /** Does once what was prepared, and times it. */
    Run run() throws IOException;

    @Override
    void close();

    /**
     * What one run took.
     *
     * @param peakBytes most memory of the process that was resident since the preparation, where the system tells
     * @param loss before the step, of a training step
     */
    record Run(double seconds, OptionalLong peakBytes, OptionalDouble loss) {
        public Run {
            if (!(seconds > 0)) {
                throw new IllegalArgumentException("seconds must be more than 0: " + seconds);
            }
        }
    }
}
