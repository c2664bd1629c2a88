package dev.troupe.policy;

/** Where the completion tokens of each sequence lie in an array of all of them. */
final class TokenPlaces {
    private final int[] offsets;
    private final int[] lengths;
    private final int tokens;

    /** Takes the arrays over; both have one entry per sequence. */
    TokenPlaces(int[] offsets, int[] lengths) {
        this.offsets = offsets;
        this.lengths = lengths;
        int sum = 0;
        for (int length : lengths) {
            sum += length;
        }
        this.tokens = sum;
    }

    int sequences() {
        return offsets.length;
    }

    int length(int sequence) {
        return lengths[sequence];
    }

    /** The most tokens that one sequence has. */
    int longest() {
        int longest = 0;
        for (int length : lengths) {
            longest = Math.max(longest, length);
        }
        return longest;
    }

    int tokens() {
        return tokens;
    }

    int from(int sequence) {
        return offsets[sequence];
    }

    int of(int sequence, int token) {
        if (token < 0 || token >= lengths[sequence]) {
            throw new IndexOutOfBoundsException(
                    "sequence %d has %d tokens, not a token %d".formatted(sequence, lengths[sequence], token));
        }
        return offsets[sequence] + token;
    }
}
