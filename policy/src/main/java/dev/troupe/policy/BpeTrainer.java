package dev.troupe.policy;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Learns a byte-level BPE tokenizer (arXiv 1508.07909, algorithm 1) from text and writes it as Hugging Face files.
 * Equal corpora give equal files: ties go to the lower token ids.
 */
public final class BpeTrainer {
    /** Ends a document; also the padding token. */
    public static final String END_OF_TEXT = "<|endoftext|>";
    /** Opens a ChatML message. */
    public static final String MESSAGE_START = "<|im_start|>";
    /** Closes a ChatML message; what a policy samples to stop. */
    public static final String MESSAGE_END = "<|im_end|>";

    static final List<String> SPECIAL_TOKENS = List.of(END_OF_TEXT, MESSAGE_START, MESSAGE_END);

    private final int vocabSize;
    private final BpePieces pieces;

    /**
     * @param vocabSize ids to hand out: 256 bytes, the merges, and 3 special tokens at the end; with a small corpus
     *     fewer merges are found and the vocabulary is smaller
     * @param pieces what merges stay inside of
     */
    public BpeTrainer(int vocabSize, BpePieces pieces) {
        int least = 256 + SPECIAL_TOKENS.size();
        if (vocabSize < least || vocabSize > 1 << 20) {
            throw new IllegalArgumentException("vocabSize must be in [" + least + ", " + (1 << 20) + "]: " + vocabSize);
        }
        this.vocabSize = vocabSize;
        this.pieces = requireNonNull(pieces, "pieces is null");
    }

    /**
     * Learns from the corpus and writes tokenizer.json, tokenizer_config.json and special_tokens_map.json.
     *
     * @return the size of the vocabulary: pass it to {@link DecoderConfig}
     */
    public int train(Iterable<String> corpus, Path directory) throws IOException {
        BpeMerges merges = BpeMerges.learn(corpus, vocabSize - 256 - SPECIAL_TOKENS.size(), pieces);
        TokenizerFiles.write(directory, merges);
        return 256 + merges.pairs().size() + SPECIAL_TOKENS.size();
    }
}
