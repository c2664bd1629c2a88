package dev.troupe.policy.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    private static Text render(String template, Map<String, ?> variables) {
        return Template.compile(template, CLOCK).render(variables);
    }

    /** What Jinja made of each construct, set up by transformers; see src/test/python/make_tokenizer_fixtures.py. */
    @Test
    void rendersAsJinjaDoes() throws IOException {
        JsonNode fixture;
        try (var stream = TemplateTest.class.getResourceAsStream("/fixtures/tokenizers/templates.json")) {
            fixture = new JsonMapper().readTree(stream);
        }
        Map<?, ?> read = new JsonMapper().convertValue(fixture.path("variables"), Map.class);
        Map<String, Object> variables = new HashMap<>();
        read.forEach((name, value) -> variables.put((String) name, value));
        var now = LocalDateTime.parse(fixture.path("now").asText()).toInstant(ZoneOffset.UTC);
        Map<String, String> expected = new LinkedHashMap<>();
        Map<String, String> outcomes = new LinkedHashMap<>();
        for (JsonNode node : fixture.path("templates")) {
            String template = node.path("template").asText();
            String outcome;
            try {
                outcome = Template.compile(template, Clock.fixed(now, ZoneOffset.UTC))
                        .render(variables)
                        .toString();
            } catch (TemplateException e) {
                outcome = node.has("error") ? "refused" : e.getMessage();
            }
            outcomes.put(template, outcome);
            expected.put(template, node.path("text").asText("refused"));
        }
        assertThat(outcomes).containsExactlyEntriesOf(expected).hasSizeGreaterThan(150);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", textBlock = """
            {% include 'x' %} => line 1: the tag 'include' is not supported
            {{ x#y }} => line 1: unexpected character '#'
            {% for x in y recursive %}{% endfor %} => line 1: recursive loops are not supported
            {% break %} => line 1: 'break' stands outside of a loop
            {% if x %} => line 1: the tag 'endif' is missing
            {% endif %} => line 1: nothing is open that 'endif' could close
            {{ x => line 1: a tag is not closed
            {# x => line 1: a comment is not closed
            {{ 2 ** 3 }} => line 1: the operator '**' is not supported
            {{ x is divisibleby(2) }} => line 1: the test 'divisibleby' is not supported
            {{ 99999999999999999999 }} => line 1: the integer 99999999999999999999 has more than 64 bits
            {{ '\\N{DASH}' }} => line 1: characters by name, '\\N', are not supported
            """)
    void refusesByNameWhatItDoesNotKnow(String template, String message) {
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> Template.compile(template, CLOCK))
                .withMessage(message);
    }

    @Test
    void refusesAnUnknownFilterAtItsLine() {
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> Template.compile("a\n{% if x %}\n{{ x | urlize }}{% endif %}", CLOCK))
                .withMessage("line 3: the filter 'urlize' is not supported");
    }

    @Test
    void saysAtWhichLineItFails() {
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> render(
                        "a\n{% for x in y %}\n  {{ raise_exception('no ' + x) }}{% endfor %}",
                        Map.of("y", List.of("b"))))
                .withMessage("line 3: no b");
        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> render("{{ x }}", Map.of("x", List.of(1))))
                .withMessage("line 1: cannot print a list; use the filter tojson");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{% set x = namespace(t='ab') %}{% for a in range(90) %}{% set x.t = x.t + x.t %}{% endfor %}",
                "{% set x = namespace(t=['ab']) %}{% for a in range(90) %}{% set x.t = x.t + x.t %}{% endfor %}",
                "{% set x = namespace(t='ab') %}{% for a in range(90) %}{% set x.t = [x.t, x.t] %}{% endfor %}{{ x.t|tojson }}",
                "{% set x = namespace(t=1, u=1) %}{% for a in range(60) %}{% set x.t = [x.t, x.t] %}{% set x.u = [x.u, x.u] %}"
                        + "{% endfor %}{{ x.t == x.u }}",
                "{{ 'x' * 9000000000000000000 }}",
                "{% set a = 'x' * 100000 %}{{ a.replace('x', a) }}",
                "{% set a = 'x' * 100000 %}{{ a.join(a) }}",
                "{% set a = 'x' * 100000 %}{% for i in range(1000) %}{{ a.find('y') }}{{ 'y' in a }}{% endfor %}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{{ range(9000000000000000000)|length }}",
                "{% set x = namespace(t=1, u=1) %}{% for a in range(9000) %}{% set x.t = [x.t] %}{% set x.u = [x.u] %}"
                        + "{% endfor %}{{ x.t == x.u }}",
                "{% set a = 'x' * 100000 %}{{ (a ~ a).find(a ~ 'y') }}",
                "{% set a = 'x' * 100000 %}{{ a in a ~ a }}",
                "{% set a = 'x' * 100000 %}{{ (a ~ a).split(a ~ 'y') }}",
                "{% set a = 'x' * 100000 %}{{ a.split('x') }}",
                "{% set a = ' ' * 100000 %}{{ a.split() }}",
                "{% set a = 'x' * 100000 %}{{ a|list }}",
                "{% set a = 'x' * 99999 %}{% set b = a ~ 'y' %}{{ a.endswith([b, b, b, b, b, b, b, b, b, b, b]) }}",
                "{% macro f() %}{% for i in range(9) %}{{ f() }}{% endfor %}{% endmacro %}{{ f() }}",
            })
    void stopsWhatWouldNotEnd(String template) {
        var compiled = Template.compile(template, CLOCK, 1 << 20);

        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> compiled.render(Map.of()))
                .withMessageMatching("line 1: (the template does more work than a chat needs; it was stopped"
                        + "|macros call each other more than 32 deep|.* nested more than .*)");
    }

    @Test
    void stopsMacrosThatCallEachOtherInDeepExpressions() {
        String template = "{% macro f() %}{{ f()" + "+1".repeat(500) + " }}{% endmacro %}{{ f() }}";

        assertThatExceptionOfType(TemplateException.class)
                .isThrownBy(() -> render(template, Map.of()))
                .withMessageEndingWith("expressions are nested more than 1200 deep");
    }

    static Stream<String> bottomless() {
        return Stream.of(
                "{{ " + "(".repeat(10_000),
                "{{ " + "-".repeat(1000) + "1 }}",
                "{{ " + "[".repeat(1000),
                "{{ 1" + "+1".repeat(10_000) + " }}",
                "{{ " + "not ".repeat(900) + "x(" + "x(".repeat(60),
                "{% if x %}".repeat(10_000),
                "x".repeat(1 << 19));
    }

    @ParameterizedTest
    @MethodSource("bottomless")
    void refusesBottomlessSource(String template) {
        assertThatExceptionOfType(TemplateException.class).isThrownBy(() -> Template.compile(template, CLOCK));
    }

    @Test
    void computesTheLongestChainThatATagMayHold() {
        assertThat(render("{{ 1" + "+1".repeat(500) + " }}", Map.of())).hasToString("501");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", textBlock = """
            {{ '<' + x + '>' }} => <aB c> => .----.
            {{ (' ' ~ x ~ ' ')|trim }} => aB c => ----
            {{ x.split(' ')[-1] ~ 'c' }} => cc => -.
            {{ x|upper ~ x.lower() }} => AB Cab c => --------
            {{ x[1:3] ~ x[::-1] }} => B c Ba => ------
            {{ x.replace('a', '<') }} => <B c => .---
            {{ '<>'.join([x, x]) }} => aB c<>aB c => ----..----
            {% set t %}<{{ x }}{% endset %}{{ t[:2] }} => <a => .-
            {% for c in x %}{{ c }},{% endfor %} => a,B, ,c, => -.-.-.-.
            {{ [x]|tojson }} => ["aB c"] => ..----..
            {{ {'k': x}.k.title() }} => Ab C => ----
            {{ own + x.strip('a') }} => s!B c => ..---
            """)
    void remembersWhichCharactersAreForeign(String template, String chars, String expected) {
        Text text = render(template, Map.of("x", "aB c", "own", Text.own("s!")));

        assertThat(text).hasToString(chars);
        StringBuilder origins = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            origins.append(text.hasForeign(i, i + 1) ? '-' : '.');
        }
        assertThat(origins).hasToString(expected);
    }

    @Test
    void isForeignAltogetherWhenACharacterCannotBeTraced() {
        Text text = render("{{ ('<' ~ x)|upper }}", Map.of("x", "ß"));

        assertThat(text).hasToString("<SS");
        assertThat(text.hasForeign(0, 1)).isTrue();
    }

    @Test
    void escapesInJsonKeepTheOriginOfTheirCharacter() {
        Text text = render("{{ x|tojson }}", Map.of("x", "\n\"é"));

        assertThat(text).hasToString("\"\\n\\\"é\"");
        List<Boolean> foreign = new ArrayList<>();
        for (int i = 0; i < text.length(); i++) {
            foreign.add(text.hasForeign(i, i + 1));
        }
        assertThat(foreign).containsExactly(false, true, true, true, true, true, false);
    }
}
