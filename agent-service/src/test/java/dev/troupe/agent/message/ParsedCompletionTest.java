package dev.troupe.agent.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParsedCompletionTest {
    private static final List<String> ROLES = List.of("main", "critic");

    @Test
    void takesLeadingLinesAsMessages() {
        ParsedCompletion parsed =
                ParsedCompletion.parse("@main use abs()\n@all two  arguments \ndef f(x):\n    return x\n", ROLES);
        assertThat(parsed.messages())
                .containsExactly(
                        new OutgoingMessage("main", "use abs()"), new OutgoingMessage("all", "two  arguments"));
        assertThat(parsed.text()).isEqualTo("def f(x):\n    return x\n");
    }

    @Test
    void takesACompletionThatIsOnlyAMessage() {
        ParsedCompletion parsed = ParsedCompletion.parse("@critic: done", ROLES);
        assertThat(parsed.messages()).containsExactly(new OutgoingMessage("critic", "done"));
        assertThat(parsed.text()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "def f(): pass",
                "def f():\n@main too late",
                "@stranger hello\nx",
                "@main\nx",
                "@main  \t\nx",
                "@mainhello\nx",
                "@ main hello",
                " @main indented",
                "@staticmethod\ndef f(): pass",
                "\n@main after a blank line"
            })
    void leavesEverythingElseInTheAction(String completion) {
        ParsedCompletion parsed = ParsedCompletion.parse(completion, ROLES);
        assertThat(parsed.messages()).isEmpty();
        assertThat(parsed.text()).isEqualTo(completion);
    }

    @Test
    void knowsNoMessagesWithoutOtherRoles() {
        assertThat(ParsedCompletion.parse("@all hello\nx", List.of()).messages())
                .isEmpty();
    }

    @Test
    void stopsBeforeAFlood() {
        String flood = "@main again\n".repeat(ParsedCompletion.MAX_MESSAGES + 2);
        ParsedCompletion parsed = ParsedCompletion.parse(flood, ROLES);
        assertThat(parsed.messages()).hasSize(ParsedCompletion.MAX_MESSAGES);
        assertThat(parsed.text()).isEqualTo("@main again\n@main again\n");
    }
}
