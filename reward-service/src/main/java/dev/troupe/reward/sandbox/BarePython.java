package dev.troupe.reward.sandbox;

/**
 * The interpreter, harness and resource limits of {@link BubblewrapSandbox} without anything that keeps a program in:
 * what isolation is measured against. No setting leads here; it is for programs whose author is trusted.
 */
public final class BarePython implements Sandbox, AutoCloseable {

    private final Cage cage;
    private final PythonRunner runner;

    private BarePython(SandboxOptions options, Cage cage) {
        this.cage = cage;
        this.runner = new PythonRunner(options, ControlGroups.NONE, _ -> cage.bare());
    }

    /** @throws SandboxUnavailableException when there is no CPython */
    public static BarePython start(SandboxOptions options) throws SandboxUnavailableException, InterruptedException {
        return new BarePython(options, Cage.build(options));
    }

    @Override
    public SandboxVerdict run(PythonProgram program) throws SandboxUnavailableException, InterruptedException {
        return runner.run(program);
    }

    @Override
    public void close() {
        runner.close();
        cage.close();
    }
}
