package dev.troupe.reward.coding;

/**
 * What is trained on, 0 to 1: a program that passes some tests earns little beside one that passes all, and half of
 * everything is for the helper's part in it.
 */
final class Quality {

    private static final double STRUCTURE = 0.1;
    private static final double SYNTAX = 0.1;
    private static final double TESTS = 0.2;
    private static final double ALL_TESTS = 0.6;
    private static final double MOST_WITHOUT_HELPER = 0.5;

    private Quality() {}

    /**
     * The quality of a joint program.
     *
     * @param structure 0 to 1, how much of the expected functions is there
     * @param helperUsed whether the helper does any of the work; true where there is none
     */
    static double of(double structure, TestRun run, boolean helperUsed) {
        double quality = STRUCTURE * structure
                + SYNTAX * (run.loads() ? 1 : 0)
                + TESTS * run.passed() / run.total()
                + ALL_TESTS * (run.allPassed() ? 1 : 0);
        return Math.clamp(quality, 0, helperUsed ? 1 : MOST_WITHOUT_HELPER);
    }
}
