package dev.troupe.reward.writing;

/**
 * What is measured of two texts.
 *
 * @param pieces1 white-space separated pieces of the first text
 * @param pieces2 of the second text
 * @param lengthRatio length of the second text over the first one; 0 when there is none
 * @param vocabularyRatio distinct words of the second text over the first one; 0 when there is none
 * @param jaccard words in common over all words, stop words left out
 * @param transitions categories of transitions
 * @param transition what they are worth, 0 to 1
 */
record PairMeasures(
        int pieces1,
        int pieces2,
        double lengthRatio,
        double vocabularyRatio,
        double jaccard,
        int transitions,
        double transition) {}
