package dev.troupe.trainer.report;

import dev.troupe.schemas.avro.TrainingStep;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An event file of TensorBoard with one event for each step, so that a step is there as a whole or not at all. */
final class TensorBoardSink implements StepSink {
    /** Readers sort by name, and take the digits between for the second at which the file began. */
    private static final String PREFIX = "events.out.tfevents.";

    private static final String SUFFIX = ".troupe";

    private final Path directory;
    private @Nullable RecordFile file;

    /** @param directory of the team, which TensorBoard shows as a run; made when it is not there */
    TensorBoardSink(Path directory) {
        this.directory = directory;
    }

    @Override
    public String place() {
        return directory.toString();
    }

    @Override
    public Optional<Last> open() throws IOException {
        Files.createDirectories(directory);
        Optional<Path> newest = newest();
        if (newest.isEmpty()) {
            return Optional.empty();
        }
        var found = new Newest();
        RecordFile opened;
        try {
            opened = RecordFile.open(newest.get(), found::accept);
        } catch (IllegalArgumentException e) {
            throw new IOException(newest.get() + " is no event file; move it away: " + e.getMessage(), e);
        }
        if (found.last == null) {
            // Killed before the version was written, without which it is no event file.
            opened.close();
            Files.delete(newest.get());
            return Optional.empty();
        }
        file = opened;
        return Optional.of(found.last).filter(last -> last.step() > 0);
    }

    /** The event with the highest step. */
    private static final class Newest {
        private @Nullable Last last;

        void accept(byte[] event) {
            Last read = TensorBoardEvent.last(event);
            if (last == null || read.step() >= last.step()) {
                last = read;
            }
        }
    }

    private Optional<Path> newest() throws IOException {
        Path newest = null;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*" + SUFFIX)) {
            for (Path found : files) {
                if (newest == null || found.compareTo(newest) > 0) {
                    newest = found;
                }
            }
        }
        return Optional.ofNullable(newest);
    }

    @Override
    public void write(TrainingStep step) throws IOException {
        RecordFile opened = file;
        if (opened == null) {
            String name = PREFIX + "%010d".formatted(step.getFinishedAt() / 1000) + SUFFIX;
            opened = RecordFile.open(directory.resolve(name), _ -> {});
            file = opened;
            opened.append(TensorBoardEvent.version(step.getFinishedAt()));
        }
        opened.append(TensorBoardEvent.of(step));
    }

    @Override
    public void close() throws IOException {
        RecordFile opened = file;
        file = null;
        if (opened != null) {
            opened.close();
        }
    }
}
