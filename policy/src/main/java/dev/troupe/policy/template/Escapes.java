package dev.troupe.policy.template;

/** Undoes the escapes of Python's string literals; an unknown one stays as it is written. */
final class Escapes {
    private final String literal;
    private final int line;
    private final StringBuilder text = new StringBuilder();
    private int position;

    private Escapes(String literal, int line) {
        this.literal = literal;
        this.line = line;
    }

    /** @param literal what stands between the quotes; a backslash is never its last character */
    static String undo(String literal, int line) {
        var escapes = new Escapes(literal, line);
        while (escapes.position < literal.length()) {
            escapes.step();
        }
        return escapes.text.toString();
    }

    private void step() {
        char c = literal.charAt(position++);
        if (c != '\\') {
            text.append(c);
            return;
        }
        char escape = literal.charAt(position++);
        switch (escape) {
            case '\n' -> {}
            case '\\', '\'', '"' -> text.append(escape);
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'a' -> text.append('\u0007');
            case 'v' -> text.append('\u000b');
            case 'x' -> hexadecimal(escape, 2);
            case 'u' -> hexadecimal(escape, 4);
            case 'U' -> hexadecimal(escape, 8);
            case 'N' -> throw new TemplateException(line, "characters by name, '\\N', are not supported");
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal();
            default -> text.append('\\').append(escape);
        }
    }

    private void hexadecimal(char escape, int digits) {
        try {
            text.appendCodePoint(Integer.parseInt(literal, position, position + digits, 16));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new TemplateException(line, "'\\" + escape + "' needs " + digits + " hexadecimal digits");
        }
        position += digits;
    }

    private void octal() {
        int start = position - 1;
        while (position < literal.length()
                && position < start + 3
                && Character.digit(literal.charAt(position), 8) >= 0) {
            position++;
        }
        text.appendCodePoint(Integer.parseInt(literal, start, position, 8));
    }
}
