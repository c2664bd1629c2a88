package dev.troupe.policy.template;

import java.util.List;
import java.util.Map;

/** Python's {@code json.dumps(ensure_ascii=False)}, which is what transformers makes of the filter tojson. */
final class JsonText {
    private static final int MAX_DEPTH = 64;

    private final Text.Builder out = new Text.Builder();
    private final Budget budget;
    private final String indent;

    private JsonText(Budget budget, String indent) {
        this.budget = budget;
        this.indent = indent;
    }

    /** @param indent one level's indentation; empty for one line */
    static Text of(Value value, String indent, Budget budget) {
        var json = new JsonText(budget, indent);
        json.write(value, 0);
        return json.out.build();
    }

    private void write(Value value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new EvaluationException("tojson: values are nested more than " + MAX_DEPTH + " deep");
        }
        budget.spend(1);
        switch (value) {
            case Text text -> string(text);
            case Value.Int(long number) -> own(Long.toString(number));
            case Value.Real(double number) -> own(real(number));
            case Value.Bool(boolean bool) -> own(bool ? "true" : "false");
            case Value.None _ -> own("null");
            case Value.Sequence(List<Value> items) -> list(items, depth);
            case Value.Dict(Map<Text, Value> entries) -> dict(entries, depth);
            case Value.Undefined _, Value.Namespace _, Value.Function _ ->
                throw new EvaluationException("tojson: JSON has no form for " + value.kind());
        }
    }

    private static String real(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        return Double.isInfinite(number) ? (number > 0 ? "Infinity" : "-Infinity") : Numbers.format(number);
    }

    private void own(String text) {
        out.append(text, false);
    }

    private void list(List<Value> items, int depth) {
        own("[");
        boolean first = true;
        for (Value item : items) {
            separate(first, depth + 1);
            write(item, depth + 1);
            first = false;
        }
        close(items.isEmpty(), "]", depth);
    }

    private void dict(Map<Text, Value> entries, int depth) {
        own("{");
        boolean first = true;
        for (var entry : entries.entrySet()) {
            separate(first, depth + 1);
            string(entry.getKey());
            own(": ");
            write(entry.getValue(), depth + 1);
            first = false;
        }
        close(entries.isEmpty(), "}", depth);
    }

    private void separate(boolean first, int depth) {
        if (indent.isEmpty()) {
            own(first ? "" : ", ");
        } else {
            own(first ? "" : ",");
            newLine(depth);
        }
    }

    private void close(boolean empty, String bracket, int depth) {
        if (!empty && !indent.isEmpty()) {
            newLine(depth);
        }
        own(bracket);
    }

    private void newLine(int depth) {
        budget.spend(1 + (long) depth * indent.length());
        own("\n" + indent.repeat(depth));
    }

    private void string(Text text) {
        budget.spend(6L * text.length());
        own("\"");
        String chars = text.toString();
        int plain = 0;
        for (int i = 0; i < chars.length(); i++) {
            String escape = escape(chars.charAt(i));
            if (!escape.isEmpty()) {
                out.append(text.substring(plain, i)).append(escape, text.hasForeign(i, i + 1));
                plain = i + 1;
            }
        }
        out.append(text.substring(plain, chars.length()));
        own("\"");
    }

    private static String escape(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\f' -> "\\f";
            case '\b' -> "\\b";
            default -> c < 0x20 ? String.format("\\u%04x", (int) c) : "";
        };
    }
}
