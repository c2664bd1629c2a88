package dev.troupe.reward.judge;

import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.sandbox.Sandbox;

/** The sandbox as lent for one judgement: an environment that is left behind does not go on running programs. */
final class Lease implements Judging {

    private final Sandbox sandbox;
    private volatile boolean over;

    Lease(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @Override
    public Sandbox sandbox() {
        return program -> {
            if (over) {
                throw new IllegalStateException("this judgement is over, and its sandbox is lent to another");
            }
            return sandbox.run(program);
        };
    }

    void end() {
        over = true;
    }
}
