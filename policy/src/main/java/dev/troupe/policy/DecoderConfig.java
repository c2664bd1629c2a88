package dev.troupe.policy;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * The shape of a decoder: the fields of a Hugging Face {@code config.json} for the architectures of {@link Family}.
 *
 * @param headDim size of one attention head; heads * headDim may differ from hiddenSize
 * @param eosTokenIds tokens that end a completion; may be empty
 */
public record DecoderConfig(
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int numHiddenLayers,
        int numAttentionHeads,
        int numKeyValueHeads,
        int headDim,
        double rmsNormEps,
        double ropeTheta,
        int maxPositionEmbeddings,
        boolean tieWordEmbeddings,
        List<Integer> eosTokenIds,
        OptionalInt bosTokenId,
        OptionalInt padTokenId,
        Family family,
        RopeScaling ropeScaling) {
    /** All far above any published model, so that a hostile file cannot make sizes overflow or lists explode. */
    private static final int MAX_DIMENSION = 1 << 22;

    private static final int MAX_LAYERS = 1 << 12;
    private static final int MAX_HEAD_DIM = 1 << 12;

    public DecoderConfig {
        requireSize("vocab_size", vocabSize);
        requireSize("hidden_size", hiddenSize);
        requireSize("intermediate_size", intermediateSize);
        requireSize("num_hidden_layers", numHiddenLayers);
        requireSize("num_attention_heads", numAttentionHeads);
        requireSize("num_key_value_heads", numKeyValueHeads);
        requireSize("head_dim", headDim);
        requireSize("max_position_embeddings", maxPositionEmbeddings);
        requireAtMost("num_hidden_layers", numHiddenLayers, MAX_LAYERS);
        requireAtMost("head_dim", headDim, MAX_HEAD_DIM);
        requireAtMost("num_attention_heads * head_dim", (long) numAttentionHeads * headDim, MAX_DIMENSION);
        if (numAttentionHeads % numKeyValueHeads != 0) {
            throw new IllegalArgumentException("num_attention_heads " + numAttentionHeads
                    + " is not a multiple of num_key_value_heads " + numKeyValueHeads);
        }
        if (headDim % 2 != 0) {
            throw new IllegalArgumentException("head_dim must be even for rotary positions: " + headDim);
        }
        if (!(rmsNormEps > 0 && rmsNormEps < 1)) {
            throw new IllegalArgumentException("rms_norm_eps must be in (0, 1): " + rmsNormEps);
        }
        if (!(ropeTheta >= 1) || Double.isInfinite(ropeTheta)) {
            throw new IllegalArgumentException("rope_theta must be 1 or more: " + ropeTheta);
        }
        eosTokenIds = List.copyOf(eosTokenIds);
        for (int id : eosTokenIds) {
            requireToken("eos_token_id", id, vocabSize);
        }
        requireNonNull(bosTokenId, "bosTokenId is null").ifPresent(id -> requireToken("bos_token_id", id, vocabSize));
        requireNonNull(padTokenId, "padTokenId is null").ifPresent(id -> requireToken("pad_token_id", id, vocabSize));
        requireNonNull(family, "family is null");
        requireNonNull(ropeScaling, "ropeScaling is null");
    }

    /** A Llama with plain rotary positions. */
    public DecoderConfig(
            int vocabSize,
            int hiddenSize,
            int intermediateSize,
            int numHiddenLayers,
            int numAttentionHeads,
            int numKeyValueHeads,
            int headDim,
            double rmsNormEps,
            double ropeTheta,
            int maxPositionEmbeddings,
            boolean tieWordEmbeddings,
            List<Integer> eosTokenIds,
            OptionalInt bosTokenId,
            OptionalInt padTokenId) {
        this(
                vocabSize,
                hiddenSize,
                intermediateSize,
                numHiddenLayers,
                numAttentionHeads,
                numKeyValueHeads,
                headDim,
                rmsNormEps,
                ropeTheta,
                maxPositionEmbeddings,
                tieWordEmbeddings,
                eosTokenIds,
                bosTokenId,
                padTokenId,
                Family.LLAMA,
                new RopeScaling.Plain());
    }

    /**
     * A small reference decoder (0.66 M parameters at 512 tokens): hidden 128, 4 layers, 4 heads, 2 key-value heads,
     * tied embeddings, 2048 positions.
     */
    public static DecoderConfig small(int vocabSize, int eosTokenId, int padTokenId) {
        return new DecoderConfig(
                vocabSize,
                128,
                256,
                4,
                4,
                2,
                32,
                1e-5,
                10_000,
                2048,
                true,
                List.of(eosTokenId),
                OptionalInt.empty(),
                OptionalInt.of(padTokenId));
    }

    /**
     * Reads a Hugging Face {@code config.json}.
     *
     * @throws CheckpointException when a field is missing, out of range, or asks for something that is not supported
     */
    public static DecoderConfig read(Path configJson) throws IOException {
        return DecoderConfigJson.read(configJson);
    }

    /** The same decoder with other tokens that end a completion. */
    DecoderConfig withEosTokenIds(List<Integer> ids) {
        return new DecoderConfig(
                vocabSize,
                hiddenSize,
                intermediateSize,
                numHiddenLayers,
                numAttentionHeads,
                numKeyValueHeads,
                headDim,
                rmsNormEps,
                ropeTheta,
                maxPositionEmbeddings,
                tieWordEmbeddings,
                ids,
                bosTokenId,
                padTokenId,
                family,
                ropeScaling);
    }

    public int queryHeadsPerKeyValueHead() {
        return numAttentionHeads / numKeyValueHeads;
    }

    /** Most tokens of a sequence that this decoder computes: {@code max_position_embeddings}, within its own bound. */
    public int positions() {
        return RopeTable.positions(this);
    }

    /** Number of trainable parameters. */
    public long parameterCount() {
        return ParameterLayout.of(this).slots().stream()
                .mapToLong(ParameterLayout.Slot::size)
                .sum();
    }

    private static void requireAtMost(String name, long value, int most) {
        if (value > most) {
            throw new IllegalArgumentException(name + " must be at most " + most + ": " + value);
        }
    }

    private static void requireSize(String name, int value) {
        if (value < 1 || value > MAX_DIMENSION) {
            throw new IllegalArgumentException(name + " must be in [1, " + MAX_DIMENSION + "]: " + value);
        }
    }

    private static void requireToken(String name, int id, int vocabSize) {
        if (id < 0 || id >= vocabSize) {
            throw new IllegalArgumentException(name + " must be in [0, vocab_size " + vocabSize + "): " + id);
        }
    }
}
