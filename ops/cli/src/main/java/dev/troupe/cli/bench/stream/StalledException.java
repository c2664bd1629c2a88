package dev.troupe.cli.bench.stream;

import java.io.IOException;
import java.time.Duration;

/** Nothing came through for so long that a measurement would mean nothing. */
final class StalledException extends IOException {

    private static final long serialVersionUID = 1;

    StalledException(String what, long done, long wanted, Duration patience) {
        super("%s: %,d of %,d came through, and none within %d s; the log says what the services wait for"
                .formatted(what, done, wanted, patience.toSeconds()));
    }
}
