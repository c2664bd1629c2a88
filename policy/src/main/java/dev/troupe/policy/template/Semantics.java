package dev.troupe.policy.template;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** What Python does with values; all of it is paid for from the budget. */
final class Semantics {
    private static final int MAX_DEPTH = 64;

    /** What an item of a list costs that is a text of its own. */
    private static final long PART = 64;

    private final Budget budget;

    Semantics(Budget budget) {
        this.budget = budget;
    }

    Budget budget() {
        return budget;
    }

    /** What printing a value gives. */
    Text text(Value value) {
        return switch (value) {
            case Text text -> text;
            case Value.Int(long number) -> Text.own(Long.toString(number));
            case Value.Real(double number) -> Text.own(Numbers.format(number));
            case Value.Bool(boolean bool) -> Text.own(bool ? "True" : "False");
            case Value.None _ -> Text.own("None");
            case Value.Undefined _ -> Text.EMPTY;
            case Value.Sequence _, Value.Dict _, Value.Namespace _, Value.Function _ ->
                throw new EvaluationException("cannot print " + value.kind() + "; use the filter tojson");
        };
    }

    List<Value> iterate(Value value) {
        List<Value> items =
                switch (value) {
                    case Value.Sequence(List<Value> list) -> list;
                    case Value.Dict dict -> List.copyOf(dict.entries().keySet());
                    case Value.Undefined _ -> List.of();
                    case Text text -> characters(text);
                    default -> throw new EvaluationException("cannot iterate over " + value.kind());
                };
        budget.spend(1 + items.size());
        return items;
    }

    private List<Value> characters(Text text) {
        budget.spend(PART * text.length());
        List<Value> characters = new ArrayList<>();
        String chars = text.toString();
        for (int i = 0; i < chars.length(); ) {
            int end = i + Character.charCount(chars.codePointAt(i));
            characters.add(text.substring(i, end));
            i = end;
        }
        return characters;
    }

    boolean equal(Value left, Value right) {
        return equal(left, right, 0);
    }

    private boolean equal(Value left, Value right, int depth) {
        if (depth > MAX_DEPTH) {
            throw new EvaluationException("cannot compare values that are nested more than " + MAX_DEPTH + " deep");
        }
        budget.spend(1);
        if (left instanceof Text a && right instanceof Text b) {
            budget.spend(Math.min(a.length(), b.length()));
            return a.equals(b);
        }
        if (left instanceof Value.Sequence(List<Value> a) && right instanceof Value.Sequence(List<Value> b)) {
            boolean equal = a.size() == b.size();
            for (int i = 0; equal && i < a.size(); i++) {
                equal = equal(a.get(i), b.get(i), depth + 1);
            }
            return equal;
        }
        if (left instanceof Value.Dict(var a) && right instanceof Value.Dict(var b)) {
            return a.size() == b.size()
                    && a.entrySet().stream()
                            .allMatch(entry -> b.containsKey(entry.getKey())
                                    && equal(
                                            entry.getValue(),
                                            b.getOrDefault(entry.getKey(), Value.None.NONE),
                                            depth + 1));
        }
        if (left instanceof Value.Undefined && right instanceof Value.Undefined) {
            return true;
        }
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.compare(left, right) == 0;
        }
        return left instanceof Value.None && right instanceof Value.None;
    }

    int compare(Value left, Value right) {
        if (left instanceof Text a && right instanceof Text b) {
            budget.spend(1 + Math.min(a.length(), b.length()));
            return a.toString().compareTo(b.toString());
        }
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.compare(left, right);
        }
        throw new EvaluationException("cannot order " + left.kind() + " and " + right.kind());
    }

    boolean contains(Value container, Value item) {
        return switch (container) {
            case Text text
            when item instanceof Text part -> {
                paySearch(text, part);
                yield text.toString().contains(part.toString());
            }
            case Text _ -> throw new EvaluationException("a string cannot contain " + item.kind());
            case Value.Dict(var entries) -> {
                budget.spendFor(item);
                yield item instanceof Text key && entries.containsKey(key);
            }
            default -> iterate(container).stream().anyMatch(element -> equal(element, item));
        };
    }

    long length(Value value) {
        return switch (value) {
            case Text text -> {
                budget.spend(1L + text.length());
                yield text.codePoints();
            }
            case Value.Sequence(List<Value> items) -> items.size();
            case Value.Dict(var entries) -> entries.size();
            case Value.Undefined _ -> 0;
            default -> throw new EvaluationException(value.kind() + " has no length");
        };
    }

    /** Texts one after the other, with a separator between them. */
    Text join(List<Value> items, Text separator) {
        var builder = new Text.Builder();
        boolean first = true;
        for (Value item : items) {
            Text text = text(item);
            budget.spend(1L + text.length() + separator.length());
            if (!first) {
                builder.append(separator);
            }
            builder.append(text);
            first = false;
        }
        return builder.build();
    }

    Text replace(Text text, Text old, Text replacement, long most) {
        if (old.isEmpty()) {
            throw new EvaluationException("cannot replace the empty string");
        }
        paySearch(text, old);
        budget.spend(Math.min(most, text.count(old.toString())) * (1L + replacement.length()));
        return text.replace(old, replacement, most);
    }

    /** Python's split at a separator. */
    List<Value> split(Text text, Text separator, long most) {
        if (separator.isEmpty()) {
            throw new EvaluationException("cannot split at the empty string");
        }
        paySearch(text, separator);
        budget.spend(PART * Math.min(most, text.count(separator.toString())));
        return text.split(separator.toString(), most);
    }

    /** Python's split at white space. */
    List<Value> words(Text text) {
        budget.spend(PART * text.toString().chars().filter(Text::isSpace).count());
        return text.words();
    }

    /** Java looks for a part at every place, so that a long part can cost its length each time. */
    void paySearch(Text text, Text part) {
        budget.spend((1L + text.length()) * (1 + part.length() / 16));
    }

    /** Strips white space, or the characters of a string where one is given. */
    Text strip(Text text, Optional<Text> unwanted, boolean left, boolean right) {
        if (unwanted.isEmpty()) {
            return text.strip(left, right);
        }
        budget.spendFor(unwanted.get());
        BitSet codePoints = new BitSet();
        unwanted.get().toString().codePoints().forEach(codePoints::set);
        return text.strip(codePoints::get, left, right);
    }
}
