package dev.troupe.reward.sandbox;

/** A sandbox that holds processes or files for as long as it is open. */
public interface OwnedSandbox extends Sandbox, AutoCloseable {

    /** Which one it is, never {@link SandboxKind#AUTO}. */
    SandboxKind kind();

    /** Ends what it holds; a program that is running ends with {@link SandboxUnavailableException}. */
    @Override
    void close();
}
