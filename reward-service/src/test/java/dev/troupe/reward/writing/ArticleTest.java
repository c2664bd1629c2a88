package dev.troupe.reward.writing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArticleTest {

    private static final List<String> TITLES = List.of("Introduction", "The method", "3D printing");
    private static final String BODY = "\none two three four five six seven eight\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The method",
                "THE  METHOD:",
                "## The Method",
                "2. the method",
                "2) The method.",
                "**The method**"
            })
    void aTitleIsAHeadingHoweverItIsDressed(String line) {
        Article article = Article.of(TITLES, List.of("", line + BODY, ""));

        assertThat(article.sections()).extracting(Article.Block::title).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"The method of ours", "method", "Of the method", "In 2 the method"})
    void aTitleWithinALineIsNone(String line) {
        assertThat(Article.of(TITLES, List.of("", line + BODY, "")).order()).isEmpty();
    }

    @Test
    void aTitleMayBeginWithADigit() {
        assertThat(Article.of(TITLES, List.of("3. 3D Printing" + BODY)).order()).containsExactly(2);
    }

    @Test
    void aSectionIsItsAuthorsAndHasAText() {
        Article article = Article.of(
                TITLES,
                List.of(
                        "Introduction" + BODY + "The method" + BODY,
                        "The method\nshort",
                        "before\n3D printing" + BODY));

        assertThat(article.order()).containsExactly(0, 1, 1, 2);
        // The method is written by the wrong author, and by the right one too briefly.
        assertThat(article.sections()).extracting(Article.Block::title).containsExactly(0, 2);
        assertThat(article.texts()).contains("before");
    }

    @Test
    void oneAuthorMayWriteAllSections() {
        Article article =
                Article.of(TITLES, List.of("Introduction" + BODY + "3D printing" + BODY + "The method" + BODY));

        assertThat(article.sections()).extracting(Article.Block::title).containsExactly(0, 1, 2);
        assertThat(article.order()).containsExactly(0, 2, 1);
    }

    @Test
    void hostileTextsTakeNoLongerThanTheirLength() {
        // Any of these would take minutes where work is quadratic.
        for (String part : List.of("Introduction\n", "#", ".", "-", "a-", "1 ", "\n")) {
            String text = String.join("", Collections.nCopies(30_000, part));
            ArticleScore score = ArticleScore.of(
                    Article.of(TITLES, List.of("Introduction" + BODY + text + "\n" + BODY, "The method" + BODY + text)),
                    WordLists.parse(List.of("contrast: but"), List.of("the")));
            assertThat(score.quality()).isBetween(0.0, 1.0);
        }
    }
}
