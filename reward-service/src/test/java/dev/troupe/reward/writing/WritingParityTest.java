package dev.troupe.reward.writing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What src/test/python/make_writing_fixtures.py makes of the published rules in Python comes out the same here. */
class WritingParityTest {

    private static final double TOLERANCE = 1e-12;

    private static JsonNode fixture;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream stream = WritingParityTest.class.getResourceAsStream("/fixtures/writing.json")) {
            fixture = new ObjectMapper().readTree(stream);
        }
    }

    @ParameterizedTest
    @EnumSource
    void scoresPairsAsPythonDoes(PairForm form) {
        WordLists lists = WordLists.parse(strings(fixture.get("transitions")), strings(fixture.get("stopWords")));
        var differences = new ArrayList<String>();
        int scored = 0;
        for (JsonNode expected : fixture.get("cases")) {
            if (form(expected) == form) {
                scored++;
                differences.addAll(differences(expected, measured(expected, lists)));
            }
        }
        assertThat(scored).isGreaterThan(50);
        assertThat(differences).isEmpty();
    }

    private static List<String> differences(JsonNode expected, Map<String, Double> measured) {
        // Negated, so that NaN differs.
        return measured.entrySet().stream()
                .filter(entry -> !(Math.abs(
                                entry.getValue() - expected.at(entry.getKey()).asDouble(Double.NaN))
                        <= TOLERANCE))
                .map(entry -> "%s of %s".formatted(entry, expected))
                .toList();
    }

    private static PairForm form(JsonNode pair) {
        return PairForm.valueOf(
                pair.get("form").asText().toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private static Map<String, Double> measured(JsonNode pair, WordLists lists) {
        List<String> texts = strings(pair.get("texts"));
        PairForm form = form(pair);
        PairMeasures measures = Scorer.COMPATIBLE.measure(new Texts(texts.getFirst(), texts.getLast()), form, lists);
        var score = new PairScore(form, measures);
        var measured = new TreeMap<String, Double>();
        measured.put("/pieces/0", (double) measures.pieces1());
        measured.put("/pieces/1", (double) measures.pieces2());
        measured.put("/transitions", (double) measures.transitions());
        measured.put("/length_ratio", measures.lengthRatio());
        measured.put("/vocabulary", measures.vocabularyRatio());
        measured.put("/jaccard", measures.jaccard());
        measured.put("/total", score.total());
        for (int level = 0; level < 4; level++) {
            measured.put("/levels/" + level, score.earned().get(level));
        }
        return measured;
    }

    @Test
    void lowersTextAsPythonDoes() {
        fixture.get("lower")
                .properties()
                .forEach(entry -> assertThat(LowerCase.of(entry.getKey()))
                        .as(entry.getKey())
                        .isEqualTo(entry.getValue().asText()));
    }

    @Test
    void callsTheSameCharactersWhiteSpace() {
        String spaces = fixture.get("spaces").asText();
        assertThat(IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                        .filter(Words::isSpace)
                        .toArray())
                .containsExactly(spaces.codePoints().toArray());
    }

    private static List<String> strings(JsonNode array) {
        var strings = new ArrayList<String>();
        array.forEach(node -> strings.add(node.asText()));
        return strings;
    }
}
