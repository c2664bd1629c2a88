package dev.troupe.reward.coordinator;

/** State stores. A changed name is a migration: it renames the changelog topic. */
final class StoreNames {

    static final String GROUPS = "groups";
    static final String DEADLINES = "deadlines";
    static final String WAITING = "waiting-tasks";
    static final String ADMITTED = "admitted-groups";
    static final String SEEN = "seen-tasks";
    static final String MODEL_VERSIONS = "latest-model-versions";

    private StoreNames() {}
}
