package dev.troupe.reward.writing;

import java.util.HashSet;
import java.util.List;

/** How much of an article is said for the first time. */
final class Repetition {

    /** Words of a run; shorter ones are repeated in any text. */
    private static final int RUN = 4;

    private Repetition() {}

    /** Distinct runs of four words over all of them, none over the end of a text; 0 without a run. */
    static double originality(List<String> texts) {
        var distinct = new HashSet<List<String>>();
        int all = 0;
        for (String text : texts) {
            List<String> words = Words.of(text);
            for (int start = 0; start + RUN <= words.size(); start++) {
                distinct.add(List.copyOf(words.subList(start, start + RUN)));
                all++;
            }
        }
        return all == 0 ? 0 : (double) distinct.size() / all;
    }
}
