package dev.troupe.policy.template;

import dev.troupe.policy.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens as Jinja 3.1 does with {@code trim_blocks} and {@code lstrip_blocks}, which is how
 * transformers sets it up: the newline after a block is dropped, and so is the indentation before one.
 */
final class Lexer {
    /** Bounds how deep an expression can be, and so the evaluator's recursion. */
    private static final int MAX_TOKENS_PER_TAG = 1024;

    private static final Pattern RAW = Pattern.compile("\\{%([-+]?)\\s*raw\\s*(-?)%\\}(\n?)");
    private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}(\n?)");
    private static final Pattern TOKEN = Pattern.compile(
            "(?<name>[\\p{L}_][\\p{L}\\p{N}_]*)"
                    + "|(?<float>[0-9]+(?:\\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+))|(?<integer>[0-9][0-9_]*)"
                    + "|(?<string>'[^'\\\\]*+(?:\\\\.[^'\\\\]*+)*+'|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\")"
                    + "|(?<operator>\\*\\*|//|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;])",
            Pattern.DOTALL);

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private boolean lineStarts = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokenize(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        // Jinja drops one newline at the end of a template.
        var lexer = new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        while (lexer.position < lexer.source.length()) {
            lexer.step();
        }
        lexer.add(Kind.END, "");
        return List.copyOf(lexer.tokens);
    }

    private void step() {
        int at = nextTag();
        if (at == source.length()) {
            data(source.substring(position));
            position = at;
            return;
        }
        char kind = source.charAt(at + 1);
        char sign = at + 2 < source.length() ? source.charAt(at + 2) : ' ';
        data(beforeTag(source.substring(position, at), sign, kind != '{'));
        Matcher raw = RAW.matcher(source).region(at, source.length());
        if (raw.lookingAt()) {
            raw(raw);
            return;
        }
        advance(at + (sign == '-' || sign == '+' ? 3 : 2));
        switch (kind) {
            case '#' -> comment();
            case '%' -> tag(Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
            default -> tag(Kind.PRINT_BEGIN, Kind.PRINT_END, "}}");
        }
    }

    private int nextTag() {
        for (int at = source.indexOf('{', position); at >= 0; at = source.indexOf('{', at + 1)) {
            if (at + 1 < source.length() && "{%#".indexOf(source.charAt(at + 1)) >= 0) {
                return at;
            }
        }
        return source.length();
    }

    private String beforeTag(String text, char sign, boolean block) {
        if (sign == '-') {
            return Text.own(text).stripTrailing().toString();
        }
        int lineStart = text.lastIndexOf('\n') + 1;
        boolean indentation = (lineStart > 0 || lineStarts)
                && text.substring(lineStart).codePoints().allMatch(Text::isSpace);
        return block && sign != '+' && indentation ? text.substring(0, lineStart) : text;
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            add(Kind.DATA, text);
        }
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }

    private void advance(int to) {
        line += (int)
                source.substring(position, to).chars().filter(c -> c == '\n').count();
        lineStarts = to > 0 && source.charAt(to - 1) == '\n';
        position = to;
    }

    private void raw(Matcher begin) {
        Matcher end = END_RAW.matcher(source);
        if (!end.find(begin.end())) {
            throw new TemplateException(line, "the tag 'raw' is not closed");
        }
        advance(begin.group(2).isEmpty() ? begin.end() : skipSpace(begin.end()));
        int from = Math.min(position, end.start());
        char sign = end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0);
        data(beforeTag(source.substring(from, end.start()), sign, true));
        advance(afterBlock(end.group(2), end.end(2) + 2));
    }

    private void comment() {
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw new TemplateException(line, "a comment is not closed");
        }
        String sign = end > position && "-+".indexOf(source.charAt(end - 1)) >= 0 ? source.substring(end - 1, end) : "";
        advance(afterBlock(sign, end + 2));
    }

    /** What a block, comment or raw end takes with it. */
    private int afterBlock(String sign, int end) {
        if (sign.equals("-")) {
            return skipSpace(end);
        }
        return sign.isEmpty() && end < source.length() && source.charAt(end) == '\n' ? end + 1 : end;
    }

    private int skipSpace(int from) {
        int at = from;
        while (at < source.length() && Text.isSpace(source.charAt(at))) {
            at++;
        }
        return at;
    }

    private void tag(Kind begin, Kind end, String closing) {
        add(begin, begin == Kind.PRINT_BEGIN ? "{{" : "{%");
        int first = tokens.size();
        int open = 0;
        Matcher matcher = TOKEN.matcher(source);
        while (true) {
            advance(skipSpace(position));
            String sign = source.startsWith("-" + closing, position)
                    ? "-"
                    : end == Kind.BLOCK_END && source.startsWith("+" + closing, position) ? "+" : "";
            if (open == 0 && source.startsWith(closing, position + sign.length())) {
                add(end, closing);
                int after = position + sign.length() + 2;
                advance(end == Kind.BLOCK_END || sign.equals("-") ? afterBlock(sign, after) : after);
                return;
            }
            if (!matcher.region(position, source.length()).lookingAt()) {
                throw new TemplateException(
                        line,
                        position == source.length()
                                ? "a tag is not closed"
                                : "unexpected character '" + source.charAt(position) + "'");
            }
            if (tokens.size() - first >= MAX_TOKENS_PER_TAG) {
                throw new TemplateException(line, "a tag has more than " + MAX_TOKENS_PER_TAG + " tokens");
            }
            open += expressionToken(matcher);
            advance(matcher.end());
        }
    }

    /** Returns by how many brackets the nesting grows. */
    private int expressionToken(Matcher matcher) {
        String text = matcher.group();
        if (matcher.group("name") != null) {
            add(Kind.NAME, text);
        } else if (matcher.group("float") != null) {
            add(Kind.FLOAT, text);
        } else if (matcher.group("integer") != null) {
            add(Kind.INTEGER, text.replace("_", ""));
        } else if (matcher.group("string") != null) {
            add(Kind.STRING, Escapes.undo(text.substring(1, text.length() - 1), line));
        } else {
            add(Kind.OPERATOR, text);
            return "([{".contains(text) ? 1 : ")]}".contains(text) ? -1 : 0;
        }
        return 0;
    }
}
