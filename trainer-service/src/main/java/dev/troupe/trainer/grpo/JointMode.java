package dev.troupe.trainer.grpo;

/** How the completions of the roles become joint episodes; MAGRPO's names (arXiv 2508.04652). */
public enum JointMode {
    /** The g-th completion of each role makes the g-th episode. */
    ALIGNED,
    /** Each completion of a role meets each of the others': G to the power of the roles. */
    CROSS;

    /** @throws IllegalArgumentException naming the value and the accepted ones */
    public static JointMode parse(String name) {
        return OptionNames.parse("joint_mode", JointMode.class, name);
    }
}
