package dev.troupe.reward.sandbox;

import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The cgroups of one run: what it is put into, what its bounds have seen, and the proof that nothing is left of it. */
final class ControlGroup implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final List<Path> folders;

    ControlGroup(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /** Files to which a process writes its id to be in. */
    List<String> members() {
        return folders.stream()
                .map(folder -> folder.resolve("cgroup.procs").toString())
                .toList();
    }

    /** The bound that was reached, if one was. */
    Optional<Failed> breach() {
        if (count("memory.events", "oom_kill") + count("memory.oom_control", "oom_kill") > 0) {
            return Optional.of(new Failed(Failure.MEMORY, "all of it took more memory than it may"));
        }
        return count("pids.events", "max") > 0
                ? Optional.of(new Failed(Failure.PROCESSES, "it asked for more processes or threads than it may have"))
                : Optional.empty();
    }

    /** The number behind a name in a file of such lines; 0 where there is none. */
    private long count(String file, String name) {
        for (Path folder : folders) {
            try {
                for (String line : Files.readAllLines(folder.resolve(file))) {
                    if (line.startsWith(name + " ")) {
                        return Long.parseLong(line.substring(name.length() + 1).strip());
                    }
                }
            } catch (IOException _) {
                // The other version of cgroups, or the other hierarchy.
            }
        }
        return 0;
    }

    /**
     * Removes the cgroups, which the kernel refuses as long as a process is in them.
     *
     * @throws SandboxUnavailableException when it goes on refusing
     */
    @Override
    public void close() throws SandboxUnavailableException {
        long until = System.nanoTime() + GRACE.toNanos();
        for (Path folder : folders) {
            while (!removed(folder)) {
                if (System.nanoTime() > until) {
                    throw new SandboxUnavailableException("processes of a run are left in the cgroup " + folder);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static boolean removed(Path folder) throws SandboxUnavailableException {
        try {
            Files.deleteIfExists(folder);
            return true;
        } catch (DirectoryNotEmptyException _) {
            return false;
        } catch (FileSystemException e) {
            if (String.valueOf(e.getReason()).contains("busy")) {
                return false;
            }
            throw new SandboxUnavailableException("cannot remove the cgroup %s: %s".formatted(folder, e), e);
        } catch (IOException e) {
            throw new SandboxUnavailableException("cannot remove the cgroup %s: %s".formatted(folder, e), e);
        }
    }
}
