package dev.troupe.trainer.report;

import dev.troupe.schemas.avro.TrainingStep;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file of JSON lines, one for each step. */
final class JsonLinesSink implements StepSink {
    static final String NAME = "training-steps.jsonl";

    /** A line has some dozen metrics and a few texts of bounded length; what is longer was not written here. */
    private static final int MAX_LINE = 64 << 20;

    private static final int BLOCK = 1 << 16;

    private final Path file;
    private final StepJson json = new StepJson();
    private @Nullable RandomAccessFile out;

    /** @param directory of the team; made when it is not there */
    JsonLinesSink(Path directory) {
        this.file = directory.resolve(NAME);
    }

    @Override
    public String place() {
        return file.toString();
    }

    @Override
    public Optional<Last> open() throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        RandomAccessFile opened = SoleWriter.open(file);
        out = opened;
        // A line without its end was torn by a kill or a full disk.
        long end = lineStart(opened, opened.length());
        opened.setLength(end);
        opened.seek(end);
        if (end == 0) {
            return Optional.empty();
        }
        long start = lineStart(opened, end - 1);
        byte[] line = new byte[(int) Math.min(MAX_LINE, end - start)];
        opened.seek(start);
        opened.readFully(line);
        opened.seek(end);
        try {
            return Optional.of(json.last(line));
        } catch (IOException e) {
            throw new IOException(file + " is no report that can be continued; move it away: " + e.getMessage(), e);
        }
    }

    /** Where the line begins that {@code position} is in or behind. */
    private static long lineStart(RandomAccessFile file, long position) throws IOException {
        byte[] block = new byte[BLOCK];
        for (long end = position; end > 0; ) {
            long start = Math.max(0, end - BLOCK);
            file.seek(start);
            file.readFully(block, 0, (int) (end - start));
            for (int i = (int) (end - start) - 1; i >= 0; i--) {
                if (block[i] == '\n') {
                    return start + i + 1;
                }
            }
            end = start;
        }
        return 0;
    }

    @Override
    public void write(TrainingStep step) throws IOException {
        byte[] line = json.line(step);
        byte[] whole = java.util.Arrays.copyOf(line, line.length + 1);
        whole[line.length] = '\n';
        RandomAccessFile opened = out;
        if (opened == null) {
            throw new IllegalStateException(file + " is not open");
        }
        opened.write(whole);
    }

    @Override
    public void close() throws IOException {
        RandomAccessFile opened = out;
        out = null;
        if (opened != null) {
            opened.close();
        }
    }
}
