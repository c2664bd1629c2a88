package dev.troupe.policy.template;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The functions that transformers gives to a chat template. */
final class Globals {
    private final Budget budget;
    private final Clock clock;

    Globals(Budget budget, Clock clock) {
        this.budget = budget;
        this.clock = clock;
    }

    Map<String, Value> functions() {
        return Map.of(
                "raise_exception",
                        (Value.Function) in -> {
                            throw new EvaluationException(in.text(0, "message").toString());
                        },
                "strftime_now",
                        (Value.Function) in -> Text.own(now(in.text(0, "format").toString())),
                "namespace", (Value.Function) in -> new Value.Namespace(new HashMap<>(in.named())),
                "dict", (Value.Function) Globals::dict,
                "range", (Value.Function) this::range);
    }

    private static Value dict(Arguments in) {
        if (!in.positional().isEmpty()) {
            throw new EvaluationException("dict is supported with named values only");
        }
        Map<Text, Value> entries = new LinkedHashMap<>();
        in.named().forEach((name, value) -> entries.put(Text.own(name), value));
        return new Value.Dict(entries);
    }

    private Value range(Arguments in) {
        boolean fromZero = in.positional().size() == 1;
        long start = fromZero ? 0 : in.integer(0, "start", 0);
        long stop = in.integer(fromZero ? 0 : 1, "stop", 0);
        long step = in.integer(2, "step", 1);
        if (step == 0) {
            throw new EvaluationException("the step of a range is 0");
        }
        List<Value> numbers = new ArrayList<>();
        for (long number = start; step > 0 ? number < stop : number > stop; number += step) {
            budget.spend(16);
            numbers.add(new Value.Int(number));
        }
        return new Value.Sequence(numbers);
    }

    private String now(String format) {
        ZonedDateTime now = ZonedDateTime.now(clock);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c == '%' && i + 1 < format.length()) {
                i++;
                text.append(directive(format.charAt(i), now));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    /** C's strftime in the C locale. */
    private static String directive(char directive, ZonedDateTime now) {
        return switch (directive) {
            case '%' -> "%";
            case 'd' -> pattern("dd", now);
            case 'm' -> pattern("MM", now);
            case 'Y' -> pattern("uuuu", now);
            case 'y' -> pattern("uu", now);
            case 'b', 'h' -> pattern("MMM", now);
            case 'B' -> pattern("MMMM", now);
            case 'a' -> pattern("EEE", now);
            case 'A' -> pattern("EEEE", now);
            case 'H' -> pattern("HH", now);
            case 'I' -> pattern("hh", now);
            case 'M' -> pattern("mm", now);
            case 'S' -> pattern("ss", now);
            case 'p' -> now.get(ChronoField.AMPM_OF_DAY) == 0 ? "AM" : "PM";
            case 'j' -> pattern("DDD", now);
            default -> throw new EvaluationException("strftime_now: '%" + directive + "' is not supported");
        };
    }

    private static String pattern(String pattern, ZonedDateTime now) {
        // The root locale would abbreviate in another way than C does.
        return DateTimeFormatter.ofPattern(pattern, Locale.US).format(now);
    }
}
