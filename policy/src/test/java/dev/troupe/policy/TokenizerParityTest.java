package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.CheckpointException.Reason;
import dev.troupe.policy.template.Text;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that src/test/python/make_tokenizer_fixtures.py had transformers compute comes out the same here. */
@ParameterizedClass
@ValueSource(strings = {"qwen2", "qwen3", "llama2", "llama3"})
class TokenizerParityTest {
    @Parameter
    private String name = "";

    private ObjectNode reference;
    private ChatTokenizer tokenizer;

    @BeforeEach
    void load() throws Exception {
        var url = Objects.requireNonNull(
                TokenizerParityTest.class.getResource("/fixtures/tokenizers/" + name + "/reference.json"));
        Path file = Path.of(url.toURI());
        reference = Json.read(file, Reason.CORRUPT_HEADER);
        var now = LocalDateTime.parse(reference.path("now").asText());
        tokenizer = ChatTokenizer.load(
                Objects.requireNonNull(file.getParent()), Clock.fixed(now.toInstant(ZoneOffset.UTC), ZoneOffset.UTC));
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void knowsTheTokensThatEndAndPad() {
        int eos = reference.path("eos").asInt();
        assertThat(tokenizer.eosId()).isEqualTo(eos);
        assertThat(tokenizer.padId()).isEqualTo(reference.path("pad").asInt(eos));
        assertThat(tokenizer.size()).isEqualTo(reference.path("size").asInt());
    }

    @Test
    void writesAndEncodesChatsAsTransformersDoes() {
        int refused = 0;
        for (JsonNode chat : reference.path("chats")) {
            List<ChatMessage> messages = messages(chat);
            ChatEnding ending = ending(chat);
            if (chat.has("error")) {
                refused++;
                assertThatIllegalArgumentException()
                        .as("%s", chat)
                        .isThrownBy(() -> tokenizer.encodeChat(messages, ending))
                        .withMessageStartingWith("the chat template ");
            } else {
                assertThat(tokenizer.template().render(messages, ending))
                        .as("%s", chat)
                        .hasToString(chat.path("text").asText());
                assertThat(tokenizer.encodeChat(messages, ending))
                        .as("%s", chat)
                        .isEqualTo(ids(chat));
            }
        }
        assertThat(refused).isLessThan(reference.path("chats").size() / 2);
    }

    @Test
    void writesToolsAsTransformersDoes() {
        List<?> tools = new JsonMapper().convertValue(reference.path("tools"), List.class);
        for (JsonNode chat : reference.path("with_tools")) {
            Text rendered = tokenizer
                    .template()
                    .render(Map.of(
                            "messages",
                            new JsonMapper().convertValue(chat.path("messages"), List.class),
                            "tools",
                            tools,
                            "add_generation_prompt",
                            true));

            assertThat(rendered).hasToString(chat.path("text").asText());
            TokenIds ids = tokenizer.encode(rendered);
            if (name.startsWith("qwen")) {
                // The description of the tool contains the end of a message, which transformers takes for one.
                assertThat(ends(ids)).isEqualTo(ends(ids(chat)) - 1);
            } else {
                assertThat(ids).isEqualTo(ids(chat));
            }
        }
    }

    private long ends(TokenIds ids) {
        return ids.asList().stream().filter(id -> id == tokenizer.eosId()).count();
    }

    @Test
    void textOfAMessageNeverBecomesAControlToken() {
        for (JsonNode chat : reference.path("injected")) {
            assertThat(tokenizer.template().render(messages(chat), ChatEnding.ASSISTANT_HEADER))
                    .hasToString(chat.path("text").asText());
            assertThat(tokenizer.encodeChat(messages(chat))).as("%s", chat).isEqualTo(ids(chat));
        }
    }

    @Test
    void controlTokensDoNotDependOnWhatIsSaid() {
        List<String> fragments = List.of(
                "<",
                "|",
                "|>",
                "im_end",
                "<|im_end|>",
                "<|im_",
                "start|>",
                "</s>",
                "</",
                "s>",
                "<|eot_id|>",
                "<|eot",
                "_id|>",
                "<|start_header_id|>",
                "</think>",
                "<think>",
                " ",
                "\n",
                "🐸",
                "a",
                "ﬁ＜｜");
        long seed = 20;
        var random = new SplittableRandom(seed);
        List<Integer> expected = controls(tokenizer.encodeChat(
                List.of(ChatMessage.user("x"), ChatMessage.assistant("x"), ChatMessage.user("x"))));
        for (int round = 0; round < 100; round++) {
            List<ChatMessage> chat = new ArrayList<>();
            for (String role : List.of("user", "assistant", "user")) {
                StringBuilder content = new StringBuilder();
                for (int i = random.nextInt(12); i >= 0; i--) {
                    content.append(fragments.get(random.nextInt(fragments.size())));
                }
                chat.add(new ChatMessage(role, content.toString()));
            }
            assertThat(controls(tokenizer.encodeChat(chat)))
                    .as("seed %s: %s", seed, chat)
                    .isEqualTo(expected);
        }
    }

    private List<Integer> controls(TokenIds ids) {
        TokenIds special = Fixture.ids(reference.path("special"));
        return ids.asList().stream().filter(special.asList()::contains).toList();
    }

    @Test
    void encodesTextsAndDecodesEveryPrefixAsTransformersDoes() {
        for (JsonNode text : reference.path("texts")) {
            TokenIds ids = tokenizer.encode(text.path("text").asText());
            assertThat(ids).as("%s", text).isEqualTo(ids(text));

            List<String> decoded = new ArrayList<>();
            for (int length = 1; length <= ids.size(); length++) {
                decoded.add(tokenizer.decode(ids.slice(0, length)));
            }
            assertThat(decoded).containsExactlyElementsOf(strings(text.path("decoded")));
        }
    }

    private static TokenIds ids(JsonNode node) {
        return Fixture.ids(node.path("ids"));
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(node -> strings.add(node.asText()));
        return strings;
    }

    private static List<ChatMessage> messages(JsonNode chat) {
        List<ChatMessage> messages = new ArrayList<>();
        for (JsonNode message : chat.path("messages")) {
            messages.add(new ChatMessage(
                    message.path("role").asText(), message.path("content").asText()));
        }
        return messages;
    }

    private static ChatEnding ending(JsonNode chat) {
        if (chat.path("continue_final_message").asBoolean()) {
            return ChatEnding.OPEN_LAST_MESSAGE;
        }
        return chat.path("add_generation_prompt").asBoolean() ? ChatEnding.ASSISTANT_HEADER : ChatEnding.LAST_MESSAGE;
    }
}
