package dev.troupe.reward.coding.world;

/**
 * How the two authors of a program may share the work. Each works alone; a pair that does not mean the same one writes
 * two halves that do not fit. Every line holds one clause, so that a line is written the same way in any composition.
 */
enum Sharing {
    /** The helper filters the list. */
    HELPER_KEEPS("helper keeps") {
        @Override
        String helper(ListProgram program) {
            return "def helper(xs):\n    return [x for x in xs if " + program.condition() + "]";
        }

        @Override
        String main(ListProgram program) {
            return "def main(xs):\n    xs = [" + program.changed() + " for x in helper(xs)]\n    return "
                    + program.gathered();
        }
    },

    /** The helper changes a single number. */
    HELPER_CHANGES_ONE("helper changes one") {
        @Override
        String helper(ListProgram program) {
            return "def helper(x):\n    return " + program.changed();
        }

        @Override
        String main(ListProgram program) {
            return "def main(xs):\n    xs = [helper(x) for x in xs if " + program.condition() + "]\n    return "
                    + program.gathered();
        }
    },

    /** The helper filters the list and changes what is left; the main author only gathers. */
    HELPER_KEEPS_AND_CHANGES("helper keeps and changes") {
        @Override
        String helper(ListProgram program) {
            return "def helper(xs):\n    xs = [x for x in xs if " + program.condition() + "]\n    return ["
                    + program.changed() + " for x in xs]";
        }

        @Override
        String main(ListProgram program) {
            return "def main(xs):\n    xs = helper(xs)\n    return " + program.gathered();
        }
    };

    private final String announcement;

    Sharing(String announcement) {
        this.announcement = announcement;
    }

    /** What an author says who means to share this way. */
    String announcement() {
        return announcement;
    }

    abstract String helper(ListProgram program);

    abstract String main(ListProgram program);

    /** The whole program by one author. */
    static String alone(ListProgram program) {
        return "def main(xs):\n    xs = [x for x in xs if " + program.condition() + "]\n    xs = [" + program.changed()
                + " for x in xs]\n    return " + program.gathered();
    }
}
