package dev.troupe.reward.sandbox;

/** Where text of a model is run: away from files, network, processes and from the expected answers. */
public interface Sandbox {

    /**
     * Runs a program and its calls in a fresh interpreter. Whatever the program does ends in a verdict; what it should
     * have answered never goes in, so the caller compares.
     *
     * @throws SandboxUnavailableException when no program can be run; says nothing about this one
     * @throws InterruptedException when the caller is stopping
     */
    SandboxVerdict run(PythonProgram program) throws SandboxUnavailableException, InterruptedException;
}
