package dev.troupe.policy.template;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's str and dict that chat templates call; none of them changes its value. */
final class Methods {
    private final Semantics semantics;

    Methods(Semantics semantics) {
        this.semantics = semantics;
    }

    Optional<Value> find(Value target, String name) {
        return switch (target) {
            case Text text -> Optional.ofNullable(ofText(text, name)).map(method -> paid(text, method));
            case Value.Dict dict -> Optional.ofNullable(ofDict(dict, name)).map(method -> paid(dict, method));
            default -> Optional.empty();
        };
    }

    private Value paid(Value target, Value.Function method) {
        return (Value.Function) arguments -> {
            semantics.budget().spendFor(target);
            return method.call(arguments);
        };
    }

    private Value.@Nullable Function ofText(Text text, String name) {
        return switch (name) {
            case "strip" -> in -> semantics.strip(text, in.findText(0, "chars"), true, true);
            case "lstrip" -> in -> semantics.strip(text, in.findText(0, "chars"), true, false);
            case "rstrip" -> in -> semantics.strip(text, in.findText(0, "chars"), false, true);
            case "split" -> in -> split(text, in);
            case "splitlines" -> _ -> lines(text);
            case "startswith" -> in -> any(in.get(0, "prefix"), text.toString()::startsWith);
            case "endswith" -> in -> any(in.get(0, "suffix"), text.toString()::endsWith);
            case "removeprefix" -> in -> removePrefix(text, in.text(0, "prefix").toString());
            case "removesuffix" -> in -> removeSuffix(text, in.text(0, "suffix").toString());
            case "upper" -> _ -> text.withChars(text.toString().toUpperCase(Locale.ROOT));
            case "lower" -> _ -> text.withChars(text.toString().toLowerCase(Locale.ROOT));
            case "capitalize" -> _ -> capitalize(text);
            case "title" -> _ -> title(text);
            case "replace" -> in -> semantics.replace(text, in.text(0, "old"), in.text(1, "new"), most(in, 2, "count"));
            case "find" -> in -> find(text, in.text(0, "sub"));
            case "join" -> in -> semantics.join(semantics.iterate(in.get(0, "iterable")), text);
            default -> null;
        };
    }

    private Value.@Nullable Function ofDict(Value.Dict dict, String name) {
        return switch (name) {
            case "items" -> _ -> new Value.Sequence(dict.items());
            case "keys" -> _ -> new Value.Sequence(List.copyOf(dict.entries().keySet()));
            case "values" -> _ -> new Value.Sequence(List.copyOf(dict.entries().values()));
            case "get" ->
                in -> get(dict, in.text(0, "key"), in.find(1, "default").orElse(Value.None.NONE));
            default -> null;
        };
    }

    /** Python's -1 for no limit. */
    private static long most(Arguments in, int position, String name) {
        long most = in.integer(position, name, -1);
        return most < 0 ? Long.MAX_VALUE : most;
    }

    private Value split(Text text, Arguments in) {
        Optional<Text> separator = in.findText(0, "sep");
        long most = most(in, 1, "maxsplit");
        if (separator.isEmpty() && most != Long.MAX_VALUE) {
            throw new EvaluationException("split at white space with a limit is not supported");
        }
        return new Value.Sequence(
                separator.isPresent() ? semantics.split(text, separator.get(), most) : semantics.words(text));
    }

    private Value lines(Text text) {
        Text newline = Text.own("\n");
        Text unified = semantics.replace(text, Text.own("\r\n"), newline, Long.MAX_VALUE);
        unified = semantics.replace(unified, Text.own("\r"), newline, Long.MAX_VALUE);
        List<Value> lines = semantics.split(unified, newline, Long.MAX_VALUE);
        boolean ended = lines.getLast() instanceof Text last && last.isEmpty();
        return new Value.Sequence(ended ? lines.subList(0, lines.size() - 1) : lines);
    }

    /** Whether the predicate holds for a text or for one of a tuple. */
    private Value any(Value affixes, Predicate<String> predicate) {
        List<Value> candidates = affixes instanceof Text ? List.of(affixes) : semantics.iterate(affixes);
        return new Value.Bool(candidates.stream()
                .map(semantics.budget()::spendFor)
                .anyMatch(candidate -> candidate instanceof Text affix && predicate.test(affix.toString())));
    }

    private static Text removePrefix(Text text, String prefix) {
        return text.toString().startsWith(prefix) ? text.substring(prefix.length(), text.length()) : text;
    }

    private static Text removeSuffix(Text text, String suffix) {
        return text.toString().endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }

    private static Value get(Value.Dict dict, Text key, Value otherwise) {
        return dict.entries().getOrDefault(key, otherwise);
    }

    private Value find(Text text, Text part) {
        semantics.paySearch(text, part);
        int at = text.toString().indexOf(part.toString());
        return new Value.Int(at < 0 ? -1 : text.toString().codePointCount(0, at));
    }

    static Text capitalize(Text text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offset(1);
        return text.withChars(text.toString().substring(0, first).toUpperCase(Locale.ROOT)
                + text.toString().substring(first).toLowerCase(Locale.ROOT));
    }

    /** Python's str.title: a letter begins a word when none stands before it. */
    static Text title(Text text) {
        StringBuilder title = new StringBuilder();
        boolean inWord = false;
        for (int codePoint : text.toString().codePoints().toArray()) {
            title.appendCodePoint(inWord ? Character.toLowerCase(codePoint) : Character.toTitleCase(codePoint));
            inWord = Character.isLetter(codePoint);
        }
        return text.withChars(title.toString());
    }
}
