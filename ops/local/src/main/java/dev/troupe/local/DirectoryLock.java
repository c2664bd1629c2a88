package dev.troupe.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.troupe.local.LocalModeException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Holds a data directory for one broker. Taken before anything in the directory is opened: a second broker on the same
 * directory would truncate the metadata log of the first before it noticed.
 */
final class DirectoryLock implements AutoCloseable {

    // The lock covers a byte far behind the text, so that others can read who holds it (Windows locks are mandatory).
    private static final long LOCKED_BYTE = 1 << 20;

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    static DirectoryLock acquire(Path dir) {
        Path file = dir.resolve("broker.lock");
        FileChannel channel = null;
        try {
            Files.createDirectories(dir);
            channel = FileChannel.open(file, CREATE, READ, WRITE);
            if (tryLock(channel) == null) {
                throw inUse(dir, channel);
            }
            channel.truncate(0);
            channel.write(UTF_8.encode(Long.toString(ProcessHandle.current().pid())), 0);
            return new DirectoryLock(channel);
        } catch (IOException e) {
            closeQuietly(channel);
            throw new LocalModeException(
                    Reason.DIRECTORY_UNUSABLE, "cannot use the data directory %s: %s".formatted(dir, e), e);
        } catch (LocalModeException e) {
            closeQuietly(channel);
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCKED_BYTE, 1, false);
        } catch (OverlappingFileLockException _) {
            return null; // held by this process
        }
    }

    private static LocalModeException inUse(Path dir, FileChannel channel) throws IOException {
        ByteBuffer owner = ByteBuffer.allocate(32);
        channel.read(owner, 0);
        String pid = UTF_8.decode(owner.flip()).toString().strip();
        return new LocalModeException(
                Reason.DIRECTORY_IN_USE,
                "the data directory %s is in use by a running broker%s; stop it or choose another directory"
                        .formatted(dir, pid.isEmpty() ? "" : " (process " + pid + ")"),
                null);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException _) {
                // The lock was not ours; there is nothing to save.
            }
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }
}
