package dev.troupe.evaluator;

/** Which versions a benchmark evaluates. */
sealed interface Due {

    boolean includes(int version);

    /** Version 0 and each multiple. */
    record Every(int versions) implements Due {
        @Override
        public boolean includes(int version) {
            return version % versions == 0;
        }
    }

    /** Version 0 alone: an arm that stays untrained. */
    record OnlyInitial() implements Due {
        @Override
        public boolean includes(int version) {
            return version == 0;
        }
    }
}
