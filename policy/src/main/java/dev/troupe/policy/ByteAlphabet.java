package dev.troupe.policy;

/**
 * GPT-2's printable stand-in for each byte: printable Latin-1 bytes stand for themselves, the rest for U+0100 onwards.
 */
final class ByteAlphabet {
    private static final String SYMBOLS = symbols();

    private ByteAlphabet() {}

    private static String symbols() {
        StringBuilder symbols = new StringBuilder();
        int next = 0x100;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || value >= 0xae;
            symbols.append((char) (printable ? value : next++));
        }
        return symbols.toString();
    }

    /** The symbol of a byte given as 0 to 255. */
    static char symbol(int unsignedByte) {
        return SYMBOLS.charAt(unsignedByte);
    }
}
