package dev.troupe.reward.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.schemas.avro.Term;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArticleScoreTest {

    private static final WordLists LISTS = WordLists.parse(List.of("contrast: but"), List.of("the a of and is it in"));
    private static final List<String> TITLES = List.of("Past", "Now", "Future");
    private static final List<String> GOOD = List.of(
            "Past\nThe oven was a hole in the ground. Bakers fed it dry wood.",
            "Now\nThe oven is a box of steel. Bakers feed it cheap gas.",
            "Future\nThe oven will be a small machine. Bakers will feed it sun.");

    @Test
    void aGoodArticlePasses() {
        ArticleScore score = score(GOOD);

        assertThat(score.present()).isEqualTo(1);
        assertThat(score.ordered()).isEqualTo(1);
        assertThat(score.terminology()).isEqualTo(1);
        assertThat(score.style()).isGreaterThan(0.7);
        assertThat(score.originality()).isEqualTo(1);
        assertThat(score.passed()).isTrue();
        assertThat(score.quality()).isEqualTo(0.8 + 0.2 * score.style(), within(1e-12));
        assertThat(score.terms().stream().collect(Collectors.toMap(Term::getName, Term::getValue)))
                .containsEntry("sections_present", 1.0)
                .containsEntry("consistency", (1 + score.style()) / 2);
    }

    @Test
    void anArticleWithoutSectionsIsWorthNothing() {
        assertThat(score(List.of("The oven was a hole.", "", "")).quality()).isZero();
    }

    @Test
    void whatIsMissingOrOutOfOrderIsCounted() {
        ArticleScore missing = score(List.of(GOOD.get(0), GOOD.get(1), "nothing to say"));
        assertThat(missing.present()).isEqualTo(2 / 3.0);
        assertThat(missing.passed()).isFalse();

        ArticleScore turned = score(List.of(GOOD.get(2) + "\n" + GOOD.get(1) + "\n" + GOOD.get(0)));
        assertThat(turned.present()).isEqualTo(1);
        assertThat(turned.ordered()).isEqualTo(1 / 3.0);
        assertThat(turned.passed()).isFalse();
    }

    @Test
    void oneSectionAloneIsConsistentWithNothing() {
        ArticleScore score = score(List.of(GOOD.getFirst(), "", ""));

        assertThat(score.terminology()).isZero();
        assertThat(score.style()).isZero();
    }

    @Test
    void copyingAPartnerIsRepetition() {
        String text = "\nThe oven was a hole in the ground. Bakers fed it dry wood.";
        ArticleScore score = score(List.of("Past" + text, "Now" + text, "Future" + text));

        assertThat(score.originality()).isEqualTo(1 / 3.0);
        assertThat(score.passed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "hot-load, hotload",
        "hot-load, hot load",
        "hotload, hot load",
        "colour, color",
        "organise, organize",
        "behaviours, behaviors",
        "analysing, analyzing",
        "normalisation, normalization"
    })
    void twoSpellingsOfATermAreNotConsistent(String one, String other) {
        // "agents" is spelt alike, the term is not
        assertThat(terminology("Agents %s, quickly.".formatted(one), "(Agents) %s".formatted(other)))
                .isEqualTo(0.5);
        assertThat(terminology("Agents %s.".formatted(one), "agents %s!".formatted(one)))
                .isEqualTo(1);
    }

    @Test
    void twoWordsAreATermOnlyIfSomebodyWritesThemAsOne() {
        assertThat(terminology("agents load models", "agents load models")).isEqualTo(1);
        assertThat(terminology("hot. load models", "hotload models")).isEqualTo(1);
    }

    @Test
    void textsThatShareNoTermAreNotConsistent() {
        assertThat(terminology("bread cheese", "agents models")).isZero();
    }

    @Test
    void styleIsTheMeanOfTheLeastOverTheLargest() {
        // 4 and 2 words to a sentence, 4 and 4 code points to a word, a half and a half of stop words
        double style = Style.consistency(List.of("that word that word", "that word. that word!"), Set.of("that"));

        assertThat(style).isEqualTo((0.5 + 1 + 1) / 3, within(1e-12));
        assertThat(Style.consistency(List.of("one text"), Set.of())).isZero();
    }

    private static double terminology(String one, String other) {
        return Terminology.of(List.of(one, other), LISTS.stopWords()).consistency();
    }

    private static ArticleScore score(List<String> texts) {
        return ArticleScore.of(Article.of(TITLES, texts), LISTS);
    }
}
