package dev.troupe.policy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.troupe.policy.CheckpointException.Reason;
import dev.troupe.policy.SpecialTokens.Piece;
import dev.troupe.policy.template.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The tokenizer of a Hugging Face directory, with its chat template. Text can never become a control token: a message
 * that contains {@code <|im_end|>} is encoded as those ten characters. A chat without such text has the ids that
 * transformers gives it. Thread-safe; close it once nobody encodes any more.
 */
public final class ChatTokenizer implements AutoCloseable {
    private final Path directory;
    private final HuggingFaceTokenizer tokenizer;
    private final SpecialTokens special;
    private final Optional<ChatTemplate> template;

    private ChatTokenizer(
            Path directory, HuggingFaceTokenizer tokenizer, SpecialTokens special, Optional<ChatTemplate> template) {
        this.directory = directory;
        this.tokenizer = tokenizer;
        this.special = special;
        this.template = template;
    }

    /**
     * Loads {@code tokenizer.json} of a checkpoint directory, and what stands beside it: {@code tokenizer_config.json},
     * {@code special_tokens_map.json}, {@code chat_template.jinja}. A template that asks for the date gets today's.
     *
     * @throws CheckpointException when tokenizer.json is missing, a file is corrupt, no token ends a message, or the
     *     chat template uses what is not supported
     */
    public static ChatTokenizer load(Path directory) throws IOException {
        return load(directory, Clock.system(ZoneId.systemDefault()));
    }

    /** The same, with the clock that a template reads the date from. */
    public static ChatTokenizer load(Path directory, Clock clock) throws IOException {
        Path file = directory.resolve("tokenizer.json");
        TokenizerConfig config = TokenizerConfig.read(directory);
        SpecialTokens special = SpecialTokens.read(file, config);
        Optional<ChatTemplate> template = Optional.empty();
        if (config.chatTemplate().isPresent()) {
            template = Optional.of(ChatTemplate.compile(config.chatTemplate().get(), config.tokens(), clock));
        }
        return new ChatTokenizer(directory, open(file), special, template);
    }

    private static HuggingFaceTokenizer open(Path file) throws IOException {
        try {
            // The library's defaults cut texts at 512 tokens and add tokens of their own.
            return HuggingFaceTokenizer.builder()
                    .optTokenizerPath(file)
                    .optAddSpecialTokens(false)
                    .optTruncation(false)
                    .optPadding(false)
                    .build();
        } catch (RuntimeException e) {
            throw new CheckpointException(
                    Reason.BAD_TOKENIZER,
                    file,
                    "is not a tokenizer the tokenizers library can read: " + e.getMessage(),
                    e);
        }
    }

    /** The conversation as the chat template writes it, with the header of the assistant's turn at its end. */
    public TokenIds encodeChat(List<ChatMessage> messages) {
        return encodeChat(messages, ChatEnding.ASSISTANT_HEADER);
    }

    /**
     * The conversation as the chat template writes it.
     *
     * @throws IllegalArgumentException when the template refuses the conversation, as some do when roles do not
     *     alternate
     * @throws IllegalStateException when the checkpoint has no chat template
     */
    public TokenIds encodeChat(List<ChatMessage> messages, ChatEnding ending) {
        return encode(template().render(messages, ending));
    }

    /** @throws IllegalStateException when the checkpoint has none */
    ChatTemplate template() {
        return template.orElseThrow(() -> new IllegalStateException(directory
                + ": has no chat template; add a chat_template.jinja, or chat_template to tokenizer_config.json"));
    }

    TokenIds encode(Text rendered) {
        List<Piece> pieces = special.pieces(rendered);
        boolean harmless = pieces.stream().allMatch(piece -> switch (piece) {
            case Piece.Control _ -> true;
            case Piece.Plain(String text) -> special.harmlessPieces(text).size() <= 1;
        });
        if (harmless) {
            long[] whole = raw(rendered.toString());
            if (controls(whole).equals(controls(pieces))) {
                return TokenIds.of(
                        Arrays.stream(whole).boxed().map(Math::toIntExact).toList());
            }
        }
        return encodeApart(pieces);
    }

    private List<Integer> controls(long[] encoded) {
        return Arrays.stream(encoded)
                .filter(special::isControl)
                .boxed()
                .map(Math::toIntExact)
                .toList();
    }

    private static List<Integer> controls(List<Piece> pieces) {
        List<Integer> controls = new ArrayList<>();
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Control control) {
                controls.add(control.id());
            }
        }
        return controls;
    }

    /** Text between control tokens is encoded with these beside it, for tokenizers that look at a text's place. */
    private TokenIds encodeApart(List<Piece> pieces) {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            switch (pieces.get(i)) {
                case Piece.Control control -> ids.add(control.id());
                case Piece.Plain(String text) ->
                    encodeHarmless(literal(pieces, i - 1), text, literal(pieces, i + 1), ids);
            }
        }
        return TokenIds.of(ids);
    }

    private static String literal(List<Piece> pieces, int index) {
        return index >= 0 && index < pieces.size() && pieces.get(index) instanceof Piece.Control control
                ? control.literal()
                : "";
    }

    /** Plain text to ids; control tokens are never among them. */
    public TokenIds encode(String text) {
        List<Integer> ids = new ArrayList<>();
        encodeHarmless("", text, "", ids);
        return TokenIds.of(ids);
    }

    private void encodeHarmless(String before, String text, String after, List<Integer> ids) {
        List<String> pieces = special.harmlessPieces(text);
        for (int i = 0; i < pieces.size(); i++) {
            String piece = pieces.get(i);
            long[] encoded = between(i == 0 ? before : "", piece, i + 1 == pieces.size() ? after : "");
            if (special.anyControl(encoded)) {
                // A normalizer made a control token out of other characters: one character at a time it cannot.
                piece.codePoints().forEach(point -> append(ids, raw(Character.toString(point))));
            } else {
                append(ids, encoded);
            }
        }
    }

    /** The ids of a text that stands between two control tokens, either of which may be empty. */
    private long[] between(String before, String text, String after) {
        long[] encoded = raw(before + text + after);
        boolean foundBefore = before.isEmpty() || special.isControl(encoded[0]);
        boolean foundAfter = after.isEmpty() || special.isControl(encoded[encoded.length - 1]);
        if (!foundBefore || !foundAfter) {
            return raw(text);
        }
        return Arrays.copyOfRange(encoded, before.isEmpty() ? 0 : 1, encoded.length - (after.isEmpty() ? 0 : 1));
    }

    private long[] raw(String piece) {
        return tokenizer.encode(piece, false, false).getIds();
    }

    private void append(List<Integer> ids, long[] encoded) {
        if (special.anyControl(encoded)) {
            throw new IllegalArgumentException("the tokenizer turns a single character into a control token");
        }
        for (long id : encoded) {
            ids.add(Math.toIntExact(id));
        }
    }

    /** Ids to text, without control tokens; incomplete UTF-8 becomes U+FFFD. */
    public String decode(TokenIds ids) {
        long[] longs = new long[ids.size()];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = ids.get(i);
        }
        return tokenizer.decode(longs, true);
    }

    /** The id that ends a message, and so a completion. */
    public int eosId() {
        return special.endOfSequence();
    }

    public int padId() {
        return special.padding();
    }

    /** One more than the highest id. */
    public int size() {
        return special.vocabSize();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
