package dev.troupe.trainer.report;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;

/** Opens files for one process at a time: two that append would each write every step. */
final class SoleWriter {

    private SoleWriter() {}

    /**
     * Opens a file that nobody else writes until it is closed; made when it is not there.
     *
     * @throws IOException also when another trainer has it open
     */
    static RandomAccessFile open(Path path) throws IOException {
        var file = new RandomAccessFile(path.toFile(), "rw");
        try {
            // Given back when the file is closed, also by a kill.
            if (file.getChannel().tryLock() == null) {
                throw new IOException("another trainer writes " + path);
            }
            return file;
        } catch (OverlappingFileLockException e) {
            file.close();
            throw new IOException("another trainer of this process writes " + path, e);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }
}
