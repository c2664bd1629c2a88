package dev.troupe.reward.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The command line that runs the harness in namespaces of its own, and the files it needs for that. */
final class Cage implements AutoCloseable {

    private static final List<Path> BUBBLEWRAP =
            List.of(Path.of("/usr/bin/bwrap"), Path.of("/usr/local/bin/bwrap"), Path.of("/bin/bwrap"));
    private static final List<Path> SETPRIV = List.of(Path.of("/usr/bin/setpriv"), Path.of("/bin/setpriv"));
    private static final Path SHELL = Path.of("/bin/sh");

    /** Processes of a user without a namespace of its own: the limit would count all that the user runs. */
    private static final long UNCOUNTED = 1_000_000;

    /** The user inside, who owns nothing. */
    private static final String NOBODY = "65534";

    /**
     * Enters the cgroups, opens the filter and becomes the rest of its arguments. A shell, because a JVM hands a child
     * neither a file descriptor nor a moment before it starts.
     */
    private static final String LAUNCH =
            "while [ \"$1\" != -- ]; do echo $$ > \"$1\" || exit 97; shift; done; shift; exec \"$@\" 9< \"$0\"";

    private final Path folder;
    private final Path bubblewrap;
    private final CPython python;
    private final Optional<Path> filter;
    private final Bounds bounds;

    private Cage(Path folder, Path bubblewrap, CPython python, Optional<Path> filter, Bounds bounds) {
        this.folder = folder;
        this.bubblewrap = bubblewrap;
        this.python = python;
        this.filter = filter;
        this.bounds = bounds;
    }

    /** @throws SandboxUnavailableException when bubblewrap or CPython is missing */
    static Cage build(SandboxOptions options) throws SandboxUnavailableException, InterruptedException {
        Path bubblewrap = first(BUBBLEWRAP)
                .orElseThrow(() -> new SandboxUnavailableException(
                        "no bwrap at any of %s: install bubblewrap".formatted(BUBBLEWRAP)));
        if (!Files.isExecutable(SHELL)) {
            throw new SandboxUnavailableException("no shell at " + SHELL);
        }
        Path folder;
        try {
            folder = Files.createTempDirectory("troupe-sandbox-");
        } catch (IOException e) {
            throw new SandboxUnavailableException("cannot make a temporary folder: " + e.getMessage(), e);
        }
        boolean built = false;
        try {
            // Nothing in it is secret, and the user that bubblewrap runs as may be another one.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path harness = Files.write(
                    folder.resolve("harness.py"), Resources.text("harness.py").getBytes(UTF_8));
            CPython python = CPython.find(options.python(), harness, folder.resolve("harness.pyc"));
            Optional<byte[]> code = SeccompFilter.of(System.getProperty("os.arch"));
            Optional<Path> filter = code.isPresent()
                    ? Optional.of(Files.write(folder.resolve("seccomp"), code.get()))
                    : Optional.empty();
            var cage = new Cage(folder, bubblewrap, python, filter, options.bounds());
            built = true;
            return cage;
        } catch (IOException e) {
            throw new SandboxUnavailableException("cannot write to %s: %s".formatted(folder, e.getMessage()), e);
        } finally {
            if (!built) {
                delete(folder);
            }
        }
    }

    private static Optional<Path> first(List<Path> candidates) {
        return candidates.stream().filter(Files::isExecutable).findFirst();
    }

    /**
     * Users to become before bubblewrap starts, best first: a root outside is better not a root in the kernel's eyes.
     */
    static List<Optional<Path>> users() {
        Optional<Path> setpriv = first(SETPRIV);
        boolean root;
        try {
            root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException _) {
            root = false;
        }
        return root && setpriv.isPresent() ? List.of(setpriv, Optional.empty()) : List.of(Optional.empty());
    }

    CPython python() {
        return python;
    }

    boolean filtered() {
        return filter.isPresent();
    }

    /** A folder that nothing inside can see. */
    Path folder() {
        return folder;
    }

    /** @param setpriv changes the user first, where it is present */
    ProcessBuilder command(ControlGroup group, Optional<Path> setpriv) {
        var command = new ArrayList<>(List.of(
                SHELL.toString(),
                "-c",
                LAUNCH,
                filter.orElse(Path.of("/dev/null")).toString()));
        command.addAll(group.members());
        command.add("--");
        setpriv.ifPresent(program ->
                command.addAll(List.of(program.toString(), "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups")));
        command.addAll(namespaces());
        for (Path path : python.visible()) {
            command.addAll(List.of("--ro-bind", path.toString(), path.toString()));
        }
        command.addAll(List.of("--ro-bind", folder.resolve("harness.pyc").toString(), "/harness.pyc"));
        // Last: until then bubblewrap makes the folders it binds to.
        command.addAll(List.of("--size", Long.toString(bounds.diskBytes()), "--tmpfs", "/tmp"));
        command.addAll(List.of("--remount-ro", "/", "--chdir", "/tmp"));
        // The first process of the namespace counts as well; a cgroup is to refuse before the resource limit does,
        // because it remembers that it had to.
        command.addAll(interpreter(
                Path.of("/harness.pyc"), bounds.processes() + (group.members().isEmpty() ? 1 : 2)));
        var builder = new ProcessBuilder(command);
        builder.environment().clear();
        return builder;
    }

    private List<String> namespaces() {
        var command = new ArrayList<>(List.of(
                bubblewrap.toString(),
                "--unshare-user",
                "--unshare-pid",
                "--unshare-net",
                "--unshare-ipc",
                "--unshare-uts",
                "--unshare-cgroup-try",
                "--hostname",
                "sandbox",
                "--uid",
                NOBODY,
                "--gid",
                NOBODY,
                "--die-with-parent",
                "--new-session",
                "--clearenv"));
        // The order in which a set of texts is walked is the same in every run, so that a verdict is.
        command.addAll(List.of("--setenv", "PYTHONHASHSEED", "0"));
        String libraries =
                String.join(":", python.libraries().stream().map(Path::toString).toList());
        command.addAll(List.of("--setenv", "LD_LIBRARY_PATH", libraries));
        if (filter.isPresent()) {
            command.addAll(List.of("--seccomp", "9"));
        }
        return command;
    }

    /** The same interpreter with the same harness and resource limits, in nothing: what isolation is compared with. */
    ProcessBuilder bare() {
        var builder = new ProcessBuilder(interpreter(folder.resolve("harness.pyc"), UNCOUNTED));
        builder.environment().clear();
        builder.environment().put("PYTHONHASHSEED", "0");
        return builder.directory(folder.toFile());
    }

    private List<String> interpreter(Path harness, long processes) {
        var command = new ArrayList<String>();
        command.add(python.executable().toString());
        command.addAll(CPython.options());
        command.add(harness.toString());
        Stream.of(bounds.cpuSeconds(), bounds.memoryBytes(), processes, bounds.diskBytes())
                .map(String::valueOf)
                .forEach(command::add);
        return command;
    }

    @Override
    public void close() {
        delete(folder);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(Cage::deleteFile);
        } catch (IOException | UncheckedIOException _) {
            // A temporary folder that stays is the operating system's to clean.
        }
    }

    private static void deleteFile(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
