package dev.troupe.reward.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An installed CPython and what has to be visible for it to run.
 *
 * @param version such as 3.11.2
 * @param executable the interpreter itself, no link
 * @param visible files and folders, the executable among them, each at the path where it is looked for
 * @param libraries folders of shared objects
 */
record CPython(String version, Path executable, List<Path> visible, List<Path> libraries) {

    private static final List<Path> USUAL = List.of(
            Path.of("/usr/bin/python3"), Path.of("/usr/local/bin/python3"), Path.of("/opt/homebrew/bin/python3"));
    private static final int PROBE_SECONDS = 20;

    CPython {
        visible = List.copyOf(visible);
        libraries = List.copyOf(libraries);
    }

    /** Options of every interpreter: no site packages, nothing of the user's, nothing written, UTF-8 throughout. */
    static List<String> options() {
        return List.of("-s", "-S", "-B", "-X", "utf8");
    }

    /**
     * Looks for an interpreter, asks it what it needs, and lets it compile the harness.
     *
     * @param configured the one to take; empty for the first on the usual paths
     * @param harness source of the harness
     * @param compiled where its byte code goes
     * @throws SandboxUnavailableException when there is none, or it does not run
     */
    static CPython find(Optional<Path> configured, Path harness, Path compiled)
            throws SandboxUnavailableException, InterruptedException {
        Path python = configured
                .or(() -> USUAL.stream().filter(Files::isExecutable).findFirst())
                .orElseThrow(() -> new SandboxUnavailableException(
                        "no CPython at any of %s: install python3, or name one with judge.sandbox.python"
                                .formatted(USUAL)));
        var command = new ArrayList<>(List.of(python.toString(), "-I", "-S", "-B", "-c", Resources.text("probe.py")));
        command.addAll(List.of(harness.toString(), compiled.toString()));
        return parse(python, output(python, command));
    }

    private static String output(Path python, List<String> command)
            throws SandboxUnavailableException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        Process process = null;
        try {
            process = builder.start();
            // It prints a page at most, so it ends before the pipe is full.
            if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
                throw new SandboxUnavailableException("%s did not answer within %d s".formatted(python, PROBE_SECONDS));
            }
            String text = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.exitValue() != 0) {
                throw new SandboxUnavailableException(
                        "%s does not run (exit status %d): %s; name a CPython 3.8 or later with judge.sandbox.python"
                                .formatted(python, process.exitValue(), text.strip()));
            }
            return text;
        } catch (IOException e) {
            throw new SandboxUnavailableException("%s does not run: %s".formatted(python, e.getMessage()), e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private static CPython parse(Path python, String text) throws SandboxUnavailableException {
        String version = "";
        var executable = python;
        var visible = new ArrayList<Path>();
        var libraries = new ArrayList<Path>();
        for (String line : text.lines().toList()) {
            int tab = line.indexOf('\t');
            String value = line.substring(tab + 1);
            switch (line.substring(0, Math.max(0, tab))) {
                case "version" -> version = value;
                case "executable" -> {
                    executable = Path.of(value);
                    visible.add(executable);
                }
                case "library" -> visible.add(Path.of(value));
                case "object" -> {
                    Path object = Path.of(value);
                    visible.add(object);
                    if (!libraries.contains(object.getParent())) {
                        libraries.add(object.getParent());
                    }
                }
                default ->
                    throw new SandboxUnavailableException(
                            "%s answers what is not understood: %s".formatted(python, line));
            }
        }
        return new CPython(version, executable, visible, libraries);
    }
}
