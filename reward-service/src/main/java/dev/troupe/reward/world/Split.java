package dev.troupe.reward.world;

/** What a task may be used for; nothing in one split is met in the other. */
public enum Split {
    TRAIN("train"),
    HELD_OUT("heldout");

    private final String label;

    Split(String label) {
        this.label = label;
    }

    /** As it stands in task ids and file names. */
    public String label() {
        return label;
    }
}
