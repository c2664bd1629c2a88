package dev.troupe.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes a learned tokenizer in the format of the tokenizers and transformers libraries. */
final class TokenizerFiles {
    private static final String CHAT_TEMPLATE = """
            {% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' \
            + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""";

    private TokenizerFiles() {}

    static void write(Path directory, BpeMerges merges) throws IOException {
        Files.createDirectories(directory);
        Json.write(directory.resolve("tokenizer.json"), tokenizer(merges));
        Json.write(directory.resolve("tokenizer_config.json"), tokenizerConfig());
        ObjectNode special = Json.object();
        special.put("eos_token", BpeTrainer.MESSAGE_END);
        special.put("pad_token", BpeTrainer.END_OF_TEXT);
        Json.write(directory.resolve("special_tokens_map.json"), special);
    }

    private static ObjectNode tokenizer(BpeMerges merges) {
        List<String> symbols = merges.symbols();
        ObjectNode root = Json.object();
        root.put("version", "1.0");
        root.putNull("truncation");
        root.putNull("padding");
        var added = root.putArray("added_tokens");
        for (int i = 0; i < BpeTrainer.SPECIAL_TOKENS.size(); i++) {
            ObjectNode token = added.addObject();
            token.put("id", symbols.size() + i);
            token.put("content", BpeTrainer.SPECIAL_TOKENS.get(i));
            for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                token.put(flag, false);
            }
            token.put("special", true);
        }
        root.putNull("normalizer");
        root.set("pre_tokenizer", merges.pieces().preTokenizer());
        root.putNull("post_processor");
        root.set("decoder", BpePieces.byteLevel(true));
        ObjectNode model = root.putObject("model");
        model.put("type", "BPE");
        model.putNull("dropout");
        model.putNull("unk_token");
        model.putNull("continuing_subword_prefix");
        model.putNull("end_of_word_suffix");
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        ObjectNode vocab = model.putObject("vocab");
        for (int id = 0; id < symbols.size(); id++) {
            vocab.put(symbols.get(id), id);
        }
        var list = model.putArray("merges");
        for (BpeMerges.Pair pair : merges.pairs()) {
            list.add(symbols.get(pair.left()) + " " + symbols.get(pair.right()));
        }
        return root;
    }

    private static ObjectNode tokenizerConfig() {
        ObjectNode root = Json.object();
        root.put("tokenizer_class", "PreTrainedTokenizerFast");
        root.putNull("bos_token");
        root.put("eos_token", BpeTrainer.MESSAGE_END);
        root.put("pad_token", BpeTrainer.END_OF_TEXT);
        root.put("clean_up_tokenization_spaces", false);
        root.put("add_prefix_space", false);
        root.put("chat_template", CHAT_TEMPLATE);
        return root;
    }
}
