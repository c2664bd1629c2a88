package dev.troupe.reward.sandbox;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cgroups in which this process may make others, which bound the processes and the memory of a whole run; without
 * them only resource limits hold, per process. Version 2 where both controllers are handed to the children of the
 * cgroup, version 1 where its hierarchies are mounted and writable.
 *
 * @param pids folder of the cgroup in which children bound processes
 * @param memory folder of the cgroup in which children bound memory
 */
record ControlGroups(Optional<Path> pids, Optional<Path> memory) {

    private static final Logger LOGGER = LoggerFactory.getLogger(ControlGroups.class);

    /** How the names of this process's cgroups begin. */
    static final String OURS = "troupe-%d-".formatted(ProcessHandle.current().pid());

    private static final Pattern NAME = Pattern.compile("troupe-(\\d{1,9})-.*");

    /** No bounds beyond resource limits. */
    static final ControlGroups NONE = new ControlGroups(Optional.empty(), Optional.empty());

    /**
     * Tries out what this process may do.
     *
     * @param configured a cgroup of version 2 to use; empty for those this process is in
     * @param bounds what is written when it is tried
     * @throws SandboxUnavailableException when the configured one cannot be used
     */
    static ControlGroups find(Optional<Path> configured, Bounds bounds) throws SandboxUnavailableException {
        if (configured.isPresent()) {
            var groups = new ControlGroups(configured, configured);
            if (!groups.work(bounds)) {
                throw new SandboxUnavailableException(("judge.sandbox.cgroup: no cgroup with bounds of pids and memory"
                                + " can be made in %s; hand it to this user with both controllers in its"
                                + " cgroup.subtree_control, or leave the setting out")
                        .formatted(configured.get()));
            }
            return groups;
        }
        try {
            return own(
                            Files.readString(Path.of("/proc/self/cgroup")),
                            Files.readString(Path.of("/proc/self/mountinfo")))
                    .usable(bounds);
        } catch (IOException e) {
            // No /proc, or no cgroups: then there are none to use.
            LOGGER.atDebug().addKeyValue("error", e.toString()).log("no cgroups");
            return NONE;
        }
    }

    /** The cgroups a process is in, by /proc/PID/cgroup and its mountinfo. */
    static ControlGroups own(String memberships, String mounts) {
        return new ControlGroups(folder("pids", memberships, mounts), folder("memory", memberships, mounts));
    }

    private static Optional<Path> folder(String controller, String memberships, String mounts) {
        return folder("cgroup", controller, membership(controller, memberships), mounts)
                .or(() -> folder("cgroup2", "", membership("", memberships), mounts));
    }

    /** The path of a line {@code id:controllers:path} that lists the controller. */
    private static Optional<String> membership(String controller, String memberships) {
        return memberships
                .lines()
                .map(line -> line.split(":", 3))
                .filter(parts ->
                        parts.length == 3 && List.of(parts[1].split(",")).contains(controller))
                .map(parts -> parts[2])
                .findFirst();
    }

    private static Optional<Path> folder(String type, String option, Optional<String> membership, String mounts) {
        for (String line : mounts.lines().toList()) {
            // id parent device root mountpoint options ... - type source super-options
            String[] halves = line.split(" - ", 2);
            String[] mount = halves[0].split(" ");
            String[] kind = halves.length < 2 ? new String[0] : halves[1].split(" ");
            if (membership.isPresent()
                    && mount.length > 4
                    && kind.length > 2
                    && kind[0].equals(type)
                    && (option.isEmpty() || List.of(kind[2].split(",")).contains(option))) {
                Path root = Path.of(mount[3]);
                Path path = Path.of(membership.get());
                return Optional.of(
                        Path.of(mount[4]).resolve(path.startsWith(root) ? root.relativize(path) : Path.of("")));
            }
        }
        return Optional.empty();
    }

    private ControlGroups usable(Bounds bounds) {
        return new ControlGroups(
                pids.filter(folder -> new ControlGroups(Optional.of(folder), Optional.empty()).work(bounds)),
                memory.filter(folder -> new ControlGroups(Optional.empty(), Optional.of(folder)).work(bounds)));
    }

    private boolean work(Bounds bounds) {
        Stream.of(pids, memory).flatMap(Optional::stream).forEach(ControlGroups::sweep);
        try (ControlGroup _ = create(bounds)) {
            return true;
        } catch (IOException | SandboxUnavailableException e) {
            LOGGER.atDebug().addKeyValue("error", e.toString()).log("cgroup cannot be used");
            return false;
        }
    }

    /**
     * Removes the cgroups of processes that are gone, killed before they could do so; the kernel keeps those in use.
     */
    private static void sweep(Path parent) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, "troupe-*")) {
            for (Path folder : left) {
                Matcher name = NAME.matcher(folder.getFileName().toString());
                if (name.matches()
                        && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                    Files.delete(folder);
                }
            }
        } catch (IOException e) {
            LOGGER.atDebug().addKeyValue("error", e.toString()).log("cgroups of another process are left");
        }
    }

    /** Makes the cgroups of a run. */
    ControlGroup create(Bounds bounds) throws IOException, SandboxUnavailableException {
        String name = OURS + UUID.randomUUID();
        var made = new ArrayList<Path>();
        try {
            if (pids.isPresent()) {
                // Two more: bubblewrap outside and the first process of the namespace.
                write(make(pids.get(), name, made).resolve("pids.max"), bounds.processes() + 2);
            }
            if (memory.isPresent()) {
                limitMemory(make(memory.get(), name, made), bounds.memoryBytes());
            }
            return new ControlGroup(made);
        } catch (IOException e) {
            new ControlGroup(made).close();
            throw e;
        }
    }

    private static Path make(Path parent, String name, List<Path> made) throws IOException {
        Path folder = parent.resolve(name);
        if (!made.contains(folder)) {
            Files.createDirectory(folder);
            made.add(folder);
        }
        return folder;
    }

    private static void limitMemory(Path folder, long bytes) throws IOException {
        Path unified = folder.resolve("memory.max");
        if (Files.exists(unified)) {
            write(unified, bytes);
            writeWherePresent(folder.resolve("memory.swap.max"), 0);
            writeWherePresent(folder.resolve("memory.oom.group"), 1);
        } else {
            write(folder.resolve("memory.limit_in_bytes"), bytes);
            writeWherePresent(folder.resolve("memory.memsw.limit_in_bytes"), bytes);
        }
    }

    private static void writeWherePresent(Path file, long number) throws IOException {
        if (Files.exists(file)) {
            write(file, number);
        }
    }

    private static void write(Path file, long number) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException("the kernel offers no " + file);
        }
        Files.write(file, Long.toString(number).getBytes(US_ASCII));
    }
}
