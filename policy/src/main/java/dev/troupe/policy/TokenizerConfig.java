package dev.troupe.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands beside a tokenizer.json: tokenizer_config.json, the older special_tokens_map.json and
 * chat_template.jinja, each of which may be missing.
 *
 * @param tokens text of {@code bos_token}, {@code eos_token} and the like, under these names
 * @param chatTemplate source of the template, and the file it is from
 */
record TokenizerConfig(Map<String, String> tokens, Optional<Source> chatTemplate) {
    private static final long MAX_TEMPLATE_BYTES = 1 << 20;

    /** The names that transformers gives to a chat template. */
    private static final List<String> NAMES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    /** A template and where it stands. */
    record Source(Path file, String template) {}

    TokenizerConfig {
        tokens = Map.copyOf(tokens);
    }

    static TokenizerConfig read(Path directory) throws IOException {
        Path file = directory.resolve("tokenizer_config.json");
        Map<String, String> tokens = new LinkedHashMap<>();
        Path older = directory.resolve("special_tokens_map.json");
        if (Files.exists(older)) {
            addTokens(Json.read(older, Reason.BAD_TOKENIZER), older, tokens);
        }
        Optional<Source> template = Optional.empty();
        if (Files.exists(file)) {
            ObjectNode root = Json.read(file, Reason.BAD_TOKENIZER);
            addTokens(root, file, tokens);
            template = inlineTemplate(root.path("chat_template"), file);
        }
        Path templateFile = directory.resolve("chat_template.jinja");
        return new TokenizerConfig(
                tokens, Files.exists(templateFile) ? Optional.of(templateFile(templateFile)) : template);
    }

    /** A token is a string, or an object whose content is one; what is null is not there. */
    private static void addTokens(ObjectNode root, Path file, Map<String, String> tokens) throws CheckpointException {
        for (String name : NAMES) {
            JsonNode token = root.path(name);
            JsonNode content = token.isObject() ? token.path("content") : token;
            if (content.isTextual()) {
                tokens.put(name, content.textValue());
            } else if (token.isNull()) {
                tokens.remove(name);
            } else if (!token.isMissingNode()) {
                throw new CheckpointException(
                        Reason.BAD_TOKENIZER,
                        file,
                        "'" + name + "' must be a string or an object with a 'content': " + token);
            }
        }
    }

    private static Optional<Source> inlineTemplate(JsonNode node, Path file) throws CheckpointException {
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (node.isTextual()) {
            return Optional.of(new Source(file, node.textValue()));
        }
        for (JsonNode named : node) {
            if (named.path("name").asText().equals("default")
                    && named.path("template").isTextual()) {
                return Optional.of(new Source(file, named.path("template").textValue()));
            }
        }
        throw new CheckpointException(
                Reason.BAD_TOKENIZER,
                file,
                "'chat_template' must be a string, or a list with a 'template' whose 'name' is 'default'");
    }

    private static Source templateFile(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_TEMPLATE_BYTES) {
            throw new CheckpointException(
                    Reason.TOO_LARGE, file, "has " + size + " bytes, more than the limit of " + MAX_TEMPLATE_BYTES);
        }
        try {
            return new Source(file, Files.readString(file));
        } catch (CharacterCodingException e) {
            throw new CheckpointException(Reason.BAD_TOKENIZER, file, "is not UTF-8", e);
        }
    }
}
