package dev.troupe.reward.environment;

import dev.troupe.schemas.avro.Term;

/** Makes terms of a score. */
public final class Terms {

    private Terms() {}

    public static Term of(String name, double value) {
        return new Term(name, value);
    }

    /** 1 for true, 0 for false. */
    public static Term of(String name, boolean value) {
        return new Term(name, value ? 1.0 : 0.0);
    }
}
