package dev.troupe.agent.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.agent.openai.Reply.Token;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Answers as vLLM 0.32 gave them, shortened. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplyReaderTest {
    private final HttpCalls calls = new HttpCalls(new ApiKey(""), Duration.ofSeconds(1), InstantSource.system());

    @AfterAll
    void close() {
        calls.close();
    }

    @Test
    void readsACompletionInOnePiece() throws Exception {
        Reply reply = read(false, """
                {"id":"cmpl-1","object":"text_completion","model":"base","choices":[{"index":0,"text":":%",
                 "logprobs":{"text_offset":[0,1],"token_logprobs":[-4.25,-4.5],"tokens":[":","%"],
                  "top_logprobs":[{":":-4.25,"":-3.25},{"%":-4.5}]},
                 "finish_reason":"length","stop_reason":null,"token_ids":[25,4],"prompt_token_ids":[10,20]}],
                 "usage":{"prompt_tokens":2,"total_tokens":4,"completion_tokens":2}}
                """);
        assertThat(reply.model()).isEqualTo("base");
        assertThat(reply.ids()).contains(List.of(25, 4));
        assertThat(reply.tokens())
                .containsExactly(new Token(":", Optional.empty(), -4.25), new Token("%", Optional.empty(), -4.5));
        assertThat(reply.finishReason()).isEqualTo("length");
        assertThat(reply.promptIds()).contains(List.of(10, 20));
        assertThat(reply.promptTokens()).hasValue(2);
        // A token without words is left out: several have none.
        assertThat(reply.alternatives()).containsOnlyKeys(":");
    }

    @Test
    void readsACompletionInPieces() throws Exception {
        Reply reply = read(true, """
                data: {"model":"p-v1","choices":[{"text":"","logprobs":{"token_logprobs":[-5.5],"tokens":["token_id:169"],\
                "top_logprobs":[{"token_id:169":-5.5,"token_id:134":-4.25}]},"finish_reason":null,\
                "prompt_token_ids":[1,2],"token_ids":[169]}]}

                : a comment
                data: {"model":"p-v1","choices":[{"text":"","logprobs":{"token_logprobs":[-0.5],"tokens":["token_id:2"],\
                "top_logprobs":[{"token_id:2":-0.5}]},"finish_reason":"stop","prompt_token_ids":null,"token_ids":[2]}]}

                data: {"model":"p-v1","choices":[],"usage":{"prompt_tokens":2,"completion_tokens":2}}

                data: [DONE]
                """);
        assertThat(reply.ids()).contains(List.of(169, 2));
        assertThat(reply.promptIds()).contains(List.of(1, 2));
        assertThat(reply.finishReason()).isEqualTo("stop");
        assertThat(reply.alternatives()).containsOnlyKeys("token_id:169", "token_id:134");
    }

    @Test
    void readsAChatWithBytes() throws Exception {
        Reply reply = read(false, """
                {"model":"base","choices":[{"message":{"content":"G"},"logprobs":{"content":[
                  {"token":"","logprob":-6.5,"bytes":[]},{"token":"G","logprob":-4.0,"bytes":[71]}]},
                 "finish_reason":"length","token_ids":[493,38]}],"prompt_token_ids":[361]}
                """);
        assertThat(reply.ids()).contains(List.of(493, 38));
        assertThat(reply.promptIds()).contains(List.of(361));
        assertThat(reply.tokens().getLast()).isEqualTo(new Token("G", Optional.of(List.of(71)), -4.0));
    }

    @Test
    void tellsWhatIsNotThere() throws Exception {
        Reply reply = read(false, "{\"model\":\"gpt\",\"choices\":[{\"text\":\"hi\",\"finish_reason\":\"stop\"}]}");
        assertThat(reply.ids()).isEmpty();
        assertThat(reply.tokens()).isEmpty();
        assertThat(reply.promptIds()).isEmpty();
        assertThat(reply.promptTokens()).isEmpty();
    }

    @Test
    void namesEveryModelThatAStreamNames() throws Exception {
        Reply reply = read(true, """
                data: {"model":"p-v1","choices":[{"finish_reason":null}]}
                data: {"model":"base","choices":[{"finish_reason":"stop"}]}
                data: [DONE]
                """);
        assertThat(reply.model()).isEqualTo("p-v1, base");
    }

    @Test
    void refusesAnswersThatEndTooSoonOrAreNone() {
        assertThatThrownBy(() -> read(true, "data: {\"model\":\"m\",\"choices\":[{\"finish_reason\":null}]}\n"))
                .hasMessageContaining("BROKEN_OFF");
        assertThatThrownBy(() -> read(false, "<html>bad gateway</html>"))
                .hasMessageContaining("UNREADABLE")
                .hasMessageContaining("bad gateway");
        assertThatThrownBy(() -> read(true, "data: {\"error\":{\"message\":\"engine died\"}}\n"))
                .hasMessageContaining("UNAVAILABLE")
                .hasMessageContaining("engine died");
    }

    private Reply read(boolean stream, String text) throws ServerException {
        var reader = new ReplyReader(calls, stream);
        for (String line : text.lines().toList()) {
            reader.line(line);
        }
        return reader.reply();
    }
}
