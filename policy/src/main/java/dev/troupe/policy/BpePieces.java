package dev.troupe.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;

/** How a text is cut before byte-level BPE; no merge crosses a cut. */
public enum BpePieces {
    /** GPT-2's words. The tokenizers library's ByteLevel splits the same way. */
    WORDS("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"),

    /**
     * Lines, each with the newline at its end, and single digits. A sentence that comes again and again becomes few
     * tokens, and a digit is always a token of its own, so that a line is read the same way whatever number is in it.
     */
    LINES("[0-9]|[^0-9\\n]*\\n|[^0-9\\n]+");

    private final Pattern pattern;

    BpePieces(String regex) {
        this.pattern = Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
    }

    Pattern pattern() {
        return pattern;
    }

    /** The same cut as {@code pre_tokenizer} of a tokenizer.json. */
    ObjectNode preTokenizer() {
        return switch (this) {
            case WORDS -> byteLevel(true);
            case LINES -> {
                ObjectNode sequence = Json.object();
                sequence.put("type", "Sequence");
                var steps = sequence.putArray("pretokenizers");
                ObjectNode split = steps.addObject();
                split.put("type", "Split");
                split.putObject("pattern").put("Regex", pattern.pattern());
                split.put("behavior", "Isolated");
                split.put("invert", false);
                steps.add(byteLevel(false));
                yield sequence;
            }
        };
    }

    static ObjectNode byteLevel(boolean splitsWords) {
        ObjectNode node = Json.object();
        node.put("type", "ByteLevel");
        node.put("add_prefix_space", false);
        node.put("trim_offsets", true);
        node.put("use_regex", splitsWords);
        return node;
    }
}
