package dev.troupe.cli.terminal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Text for a terminal, made of what somebody sent: nothing that steers the terminal or hides what is there. */
public final class Printable {

    private static final int ROW = 16;
    private static final HexFormat HEX = HexFormat.of();

    private Printable() {}

    /** The text, with control and formatting characters by their number in hexadecimal. */
    public static String text(String text) {
        var safe = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (plain(point)) {
                safe.appendCodePoint(point);
            } else {
                safe.append((Character.isBmpCodePoint(point) ? "\\u%04x" : "\\U%08x").formatted(point));
            }
        });
        return safe.toString();
    }

    /** UTF-8 as text, anything else as {@code 0x} and hexadecimal digits; {@code -} for none. */
    public static String text(byte @Nullable [] bytes, int maxChars) {
        if (bytes == null) {
            return "-";
        }
        String text;
        try {
            text = text(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException _) {
            text = "0x" + HEX.formatHex(bytes, 0, Math.min(bytes.length, maxChars));
        }
        return shortened(text, maxChars);
    }

    public static String shortened(String text, int maxChars) {
        return text.length() <= maxChars ? text : text.substring(0, maxChars) + "...";
    }

    /** Rows of sixteen bytes: offset, hexadecimal, ASCII. */
    public static String dump(byte[] bytes, int maxBytes) {
        var rows = new StringBuilder();
        int end = Math.min(bytes.length, maxBytes);
        for (int row = 0; row < end; row += ROW) {
            int next = Math.min(row + ROW, end);
            var ascii = new StringBuilder();
            for (int i = row; i < next; i++) {
                ascii.append(bytes[i] >= ' ' && bytes[i] < 0x7f ? (char) bytes[i] : '.');
            }
            rows.append(
                    "  %08x  %-47s  %s%n".formatted(row, HEX.withDelimiter(" ").formatHex(bytes, row, next), ascii));
        }
        return rows.toString();
    }

    private static boolean plain(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
