package dev.troupe.reward.environment;

import dev.troupe.reward.sandbox.Sandbox;

/** What a judge worker lends to an environment for one judgement. */
public interface Judging {

    /** The only place where text of a model may be run. */
    Sandbox sandbox();
}
