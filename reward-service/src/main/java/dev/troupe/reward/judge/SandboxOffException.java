package dev.troupe.reward.judge;

/** An environment asked for the sandbox where there is none by configuration; no worker here can judge its steps. */
final class SandboxOffException extends RuntimeException {

    private static final long serialVersionUID = 1;

    SandboxOffException() {
        super("judge.sandbox is off, so no program is run here; set it to auto to judge such tasks");
    }
}
