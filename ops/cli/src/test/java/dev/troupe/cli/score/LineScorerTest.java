package dev.troupe.cli.score;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.troupe.cli.score.LineScorer.Result;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LineScorerTest {

    private final LineScorer scorer = Scorers.echo();

    @AfterEach
    void close() {
        scorer.close();
    }

    @Test
    void theRewardIsTheTotalWhereThereIsOne() throws Exception {
        JsonNode json = json(score("""
                {"id":"a","prompt":"four","completions":{"quality":"0.5","total":"1.5"},"n":1,"list":[1,"x"],"no":null}
                """));

        assertThat(json.get("id").asText()).isEqualTo("a");
        assertThat(json.get("reward").asDouble()).isEqualTo(1.5);
        assertThat(json.has("error")).isFalse();
        assertThat(json.get("terms").toString())
                .isEqualTo("{\"quality\":0.5,\"passed\":1.0,\"fields\":2.0,\"prompt\":4.0,\"total\":1.5}");
    }

    @Test
    void theRewardIsTheQualityWhereThereIsNoTotal() throws Exception {
        JsonNode json = json(score("{\"id\":7,\"completions\":{\"quality\":\"0.5\",\"total\":\"\"}}"));

        assertThat(json.get("id").isIntegralNumber()).isTrue();
        assertThat(json.get("reward").asDouble()).isEqualTo(0.5);
    }

    static List<Arguments> badLines() {
        String good = "\"completions\":{\"quality\":\"1\",\"total\":\"\"}";
        return List.of(
                Arguments.of("nothing", "NOT_JSON: column ", "nothing"),
                Arguments.of("[1]", "NOT_JSON", "no object"),
                Arguments.of("{\"id\":\"a\"} {}", "NOT_JSON", "column 12"),
                Arguments.of("{\"id\":\"a\",\"id\":\"b\"}", "NOT_JSON", "id"),
                Arguments.of("[".repeat(2000), "NOT_JSON", "1000"),
                Arguments.of("{\"id\":\"a\u0000\"}", "NOT_JSON", "character"),
                Arguments.of("{" + good + "}", "BAD_KEY", "id"),
                Arguments.of("{\"id\":1.5," + good + "}", "BAD_KEY", "id"),
                Arguments.of("{\"id\":\" \"," + good + "}", "BAD_KEY", "id"),
                Arguments.of("{\"id\":\"a\"}", "BAD_KEY", "completions"),
                Arguments.of("{\"id\":\"a\",\"completions\":[]}", "BAD_KEY", "completions"),
                Arguments.of("{\"id\":\"a\",\"completions\":{\"quality\":1}}", "BAD_KEY", "completions.quality"),
                Arguments.of("{\"id\":\"a\",\"prompt\":1," + good + "}", "BAD_KEY", "prompt"),
                Arguments.of(
                        "{\"id\":\"a\",\"completions\":{\"quality\":\"1\",\"author\":\"\"}}",
                        "UNKNOWN_ROLE",
                        "'author' is no role of the task; they are quality, total"),
                Arguments.of(
                        "{\"id\":\"a\",\"completions\":{\"quality\":\"1\"}}", "MISSING_ROLE", "no completion of total"),
                Arguments.of(
                        "{\"id\":\"a\",\"completions\":{\"quality\":\"1\\u0000\",\"total\":\"\"}}",
                        "NUL_CHARACTER",
                        "completions.quality has a NUL character at 2"),
                Arguments.of(
                        "{\"id\":\"a\",\"completions\":{\"quality\":\"\\ud800\",\"total\":\"\"}}",
                        "LONE_SURROGATE",
                        "\\ud800"),
                Arguments.of("{\"id\":\"\\udc00\"," + good + "}", "LONE_SURROGATE", "the line.id"),
                Arguments.of("{\"id\":\"a\",\"x\":[{\"y\":1e999}]," + good + "}", "NUMBER_NOT_FINITE", "x[0].y"),
                Arguments.of("{\"id\":\"a\",\"mood\":\"sad\"," + good + "}", "INVALID_TASK", "fields.mood"),
                Arguments.of("{\"id\":\"a\",\"mood\":\"broken\"," + good + "}", "ENVIRONMENT_FAILED", "out of order"),
                Arguments.of(
                        "{\"id\":\"a\",\"completions\":{\"quality\":\"NaN\",\"total\":\"\"}}",
                        "ENVIRONMENT_FAILED",
                        "NaN"),
                Arguments.of(
                        "{\"id\":\"a\",\"completions\":{\"quality\":\"1\",\"total\":\"1e999\"}}",
                        "ENVIRONMENT_FAILED",
                        "the term 'total' is not finite: Infinity"));
    }

    @ParameterizedTest
    @MethodSource("badLines")
    void aBadLineHasANamedVerdict(String line, String verdict, String detail) throws Exception {
        JsonNode json = json(score(line));

        assertThat(json.get("error").asText()).startsWith(verdict).contains(detail);
        assertThat(json.get("reward").isNull()).isTrue();
        assertThat(json.get("terms").isEmpty()).isTrue();
        assertThat(json.has("id")).isTrue();
    }

    @Test
    void theIdIsKeptWhereItCanBeRead() throws Exception {
        assertThat(json(score("{\"id\":\"a\"}")).get("id").asText()).isEqualTo("a");
        assertThat(json(score("{\"id\":{}}")).get("id").isNull()).isTrue();
        assertThat(json(score("}")).get("id").isNull()).isTrue();
    }

    @Test
    void brokenUtf8HasAVerdictWithItsPlace() throws Exception {
        byte[] bytes = "{\"id\":\"ab\"}".getBytes(UTF_8);
        bytes[8] = (byte) 0xff;
        Result result = scorer.score(new LineFile.Line(3, new LineFile.Bytes(bytes), bytes.length));

        assertThat(result.error()).contains("NOT_UTF8: byte 9 begins no character");
        assertThat(result.parsed()).isFalse();
    }

    @Test
    void aLineThatIsTooLongHasAVerdict() throws Exception {
        Result result = scorer.score(new LineFile.Line(3, new LineFile.Bytes(new byte[4]), 5_000));

        assertThat(result.error()).contains("TOO_LARGE: the line has 5,000 bytes, at most 4 are read");
    }

    @Test
    void theOutputIsAscii() throws Exception {
        String line = score("{\"id\":\"\u00e9\",\"completions\":{\"quality\":\"1\",\"total\":\"\"}}")
                .json();

        assertThat(line).matches("\\p{ASCII}+");
        assertThat(new ObjectMapper().readTree(line).get("id").asText()).isEqualTo("\u00e9");
    }

    private Result score(String line) throws Exception {
        byte[] bytes = line.getBytes(UTF_8);
        return scorer.score(new LineFile.Line(1, new LineFile.Bytes(bytes), bytes.length));
    }

    private static JsonNode json(Result result) throws Exception {
        return new ObjectMapper().readTree(result.json());
    }
}
