package dev.troupe.cli.bench.stream;

import java.io.IOException;

/** Something that records run through; lanes take turns on one broker. */
interface Lane extends AutoCloseable {

    String name();

    /** Sends a round of records through and returns when all have come out. */
    Sample run() throws IOException, InterruptedException;

    @Override
    void close();
}
