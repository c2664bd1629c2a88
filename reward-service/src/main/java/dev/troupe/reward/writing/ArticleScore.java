package dev.troupe.reward.writing;

import dev.troupe.reward.environment.Terms;
import dev.troupe.schemas.avro.Term;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What an article is worth by our own rubric. All criteria are 0 to 1; those that compare sections are 0 where there
 * are fewer than two to compare.
 *
 * @param present sections that are there, of those asked for
 * @param ordered the longest run of headings in the order asked for, of all headings
 * @param terminology terms that two sections or more use and all spell alike, of all that two or more use
 * @param style how alike the sections are in words to a sentence, characters to a word and share of stop words
 * @param originality distinct runs of four words, of all such runs
 */
record ArticleScore(double present, double ordered, double terminology, double style, double originality)
        implements WritingScore {

    private static final double PRESENT_WEIGHT = 0.3;
    private static final double ORDERED_WEIGHT = 0.1;
    private static final double TERMINOLOGY_WEIGHT = 0.2;
    private static final double STYLE_WEIGHT = 0.2;
    private static final double ORIGINALITY_WEIGHT = 0.2;

    static ArticleScore of(Article article, WordLists lists) {
        List<String> sections =
                article.sections().stream().map(Article.Block::text).toList();
        if (sections.isEmpty()) {
            return new ArticleScore(0, 0, 0, 0, 0);
        }
        return new ArticleScore(
                (double) sections.size() / article.titles().size(),
                ordered(article.order()),
                Terminology.of(sections, lists.stopWords()).consistency(),
                Style.consistency(sections, lists.stopWords()),
                Repetition.originality(article.texts()));
    }

    @Override
    public double quality() {
        double mean = PRESENT_WEIGHT * present
                + ORDERED_WEIGHT * ordered
                + TERMINOLOGY_WEIGHT * terminology
                + STYLE_WEIGHT * style
                + ORIGINALITY_WEIGHT * originality;
        // Weights that add up to 1 may add up to a little more in floating point.
        return Math.min(1, mean);
    }

    @Override
    public boolean passed() {
        return present == 1 && ordered == 1 && terminology >= 0.8 && style >= 0.5 && originality >= 0.8;
    }

    @Override
    public List<Term> terms() {
        return List.of(
                Terms.of("sections_present", present),
                Terms.of("sections_ordered", ordered),
                Terms.of("terminology", terminology),
                Terms.of("style", style),
                Terms.of("originality", originality),
                Terms.of("consistency", (terminology + style) / 2));
    }

    /** The longest strictly rising run, gaps allowed, over the length. */
    private static double ordered(List<Integer> headings) {
        int[] longest = new int[ArticleTask.MOST_SECTIONS];
        for (int heading : headings) {
            int before = IntStream.range(0, heading)
                    .map(title -> longest[title])
                    .max()
                    .orElse(0);
            longest[heading] = Math.max(longest[heading], before + 1);
        }
        return IntStream.of(longest).max().orElse(0) / (double) Math.max(1, headings.size());
    }
}
