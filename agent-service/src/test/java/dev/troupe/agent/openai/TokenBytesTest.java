package dev.troupe.agent.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.agent.openai.Reply.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenBytesTest {
    /** Ġ is a blank, Ã and © the two bytes of é, each a token of its own; 7 looks like the added 6. */
    private static final String TOKENIZER = """
            {"added_tokens":[{"id":6,"content":"<|im_end|>","special":true}],
             "pre_tokenizer":{"type":"ByteLevel"},
             "model":{"type":"BPE","vocab":{"a":0,"Ġa":1,"Ã":2,"©":3,"Ã©":4,"b":5,"<|im_end|>":7}}}
            """;

    @TempDir
    private Path directory;

    @Test
    void findsTheOnlyIdThatHasTheBytes() throws Exception {
        TokenBytes bytes = read(TOKENIZER);
        assertThat(id(bytes, "a")).hasValue(0);
        assertThat(id(bytes, " a")).hasValue(1);
        assertThat(id(bytes, "é")).hasValue(4);
        assertThat(bytes.id(new Token("\ufffd", Optional.of(List.of(0xc3)), -1)))
                .hasValue(2);
        assertThat(bytes.id(new Token("\ufffd", Optional.of(List.of(0xa9)), -1)))
                .hasValue(3);
    }

    @Test
    void findsNothingWhereSeveralTokensOrNoneHaveThem() throws Exception {
        TokenBytes bytes = read(TOKENIZER);
        assertThat(id(bytes, "\ufffd")).isEmpty();
        assertThat(id(bytes, "")).isEmpty();
        assertThat(id(bytes, "ab")).isEmpty();
        assertThat(id(bytes, "<|im_end|>")).isEmpty();
    }

    @Test
    void refusesTokenizersWhoseTokensHaveNoBytes() {
        assertThatThrownBy(() -> read("{\"pre_tokenizer\":{\"type\":\"Metaspace\"},\"model\":{\"vocab\":{}}}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("agent.openai.dialect = vllm");
    }

    private TokenBytes read(String json) throws IOException {
        Files.writeString(directory.resolve("tokenizer.json"), json);
        return TokenBytes.read(directory);
    }

    private static OptionalInt id(TokenBytes bytes, String text) {
        return bytes.id(new Token(text, Optional.empty(), -1));
    }
}
