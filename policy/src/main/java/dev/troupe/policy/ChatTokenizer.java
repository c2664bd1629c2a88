package dev.troupe.policy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Hugging Face tokenizer that speaks ChatML. Text can never become a control token: a message that contains
 * {@code <|im_end|>} is encoded as those ten characters. Thread-safe; close it once nobody encodes any more.
 */
public final class ChatTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;
    private final SpecialTokens special;
    private final TokenIds newline;

    private ChatTokenizer(HuggingFaceTokenizer tokenizer, SpecialTokens special) {
        this.tokenizer = tokenizer;
        this.special = special;
        this.newline = encode("\n");
    }

    /**
     * Loads {@code tokenizer.json} of a checkpoint directory.
     *
     * @throws CheckpointException when it is missing, corrupt, or has no ChatML tokens
     */
    public static ChatTokenizer load(Path directory) throws IOException {
        Path file = directory.resolve("tokenizer.json");
        SpecialTokens special = SpecialTokens.read(file);
        HuggingFaceTokenizer tokenizer;
        try {
            // The library's defaults cut texts at 512 tokens and add tokens of their own.
            tokenizer = HuggingFaceTokenizer.builder()
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
        return new ChatTokenizer(tokenizer, special);
    }

    /** The conversation in ChatML, with the header of the assistant's turn at its end. */
    public TokenIds encodeChat(List<ChatMessage> messages) {
        List<Integer> ids = new ArrayList<>();
        for (ChatMessage message : messages) {
            ids.add(special.messageStart());
            ids.addAll(encode(message.role() + "\n").asList());
            ids.addAll(encode(message.content()).asList());
            ids.add(special.messageEnd());
            ids.addAll(newline.asList());
        }
        ids.add(special.messageStart());
        ids.addAll(encode("assistant\n").asList());
        return TokenIds.of(ids);
    }

    /** Plain text to ids; control tokens are never among them. */
    public TokenIds encode(String text) {
        List<Integer> ids = new ArrayList<>();
        for (String piece : special.harmlessPieces(text)) {
            long[] encoded = raw(piece);
            if (special.anyControl(encoded)) {
                // A normalizer made a control token out of other characters: one character at a time it cannot.
                piece.codePoints().forEach(point -> append(ids, raw(Character.toString(point))));
            } else {
                append(ids, encoded);
            }
        }
        return TokenIds.of(ids);
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
        return special.messageEnd();
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
