package dev.troupe.reward.writing;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.environment.InvalidTaskException;

/** The kinds of two texts that belong together, with the thresholds that MAGRPO's public scorers have for them. */
enum PairForm {
    /** A short and a detailed summary of a post. */
    TLDR(8, new Band(1.1, 1.6, 3.2, 5.0), Band.atLeast(1.3, 2.0), 0.03),
    /** Background and method of a paper; the length band of 2025-12-31. */
    ARXIV(128, new Band(0.8, 1.3, 1.6, 2.0), new Band(0.5, 0.7, 1.3, 1.7), 0.23),
    /** As {@link #ARXIV}, with the length band of the time of publication. */
    ARXIV_PUBLISHED(128, new Band(0.8, 1.0, 1.3, 1.5), new Band(0.5, 0.7, 1.3, 1.7), 0.23);

    private static final int MOST_PIECES = 256;

    private final int fewestPieces;
    private final Band length;
    private final Band vocabulary;
    private final double enoughJaccard;

    PairForm(int fewestPieces, Band length, Band vocabulary, double enoughJaccard) {
        this.fewestPieces = fewestPieces;
        this.length = requireNonNull(length, "length is null");
        this.vocabulary = requireNonNull(vocabulary, "vocabulary is null");
        this.enoughJaccard = enoughJaccard;
    }

    /**
     * The form of a paper with the length band of that name.
     *
     * @throws InvalidTaskException when there is none
     */
    static PairForm ofBand(String band) throws InvalidTaskException {
        return switch (band) {
            case "revised" -> ARXIV;
            case "published" -> ARXIV_PUBLISHED;
            default ->
                throw new InvalidTaskException("fields.band '%s' is not one of: revised, published".formatted(band));
        };
    }

    /** Whether a text has a length that the form allows. */
    boolean allows(int pieces) {
        return pieces >= fewestPieces && pieces <= MOST_PIECES;
    }

    /** Of the second text over the first one. */
    Band length() {
        return length;
    }

    /** Of the second text over the first one. */
    Band vocabulary() {
        return vocabulary;
    }

    /** 0 to 1: how much of the words the texts share, beyond which sharing more earns nothing. */
    double consistency(double jaccard) {
        return Math.min(jaccard, enoughJaccard) / enoughJaccard;
    }

    /** Whether transitions count in both texts, or in the second one alone. */
    boolean transitionsInBoth() {
        return this != TLDR;
    }
}
