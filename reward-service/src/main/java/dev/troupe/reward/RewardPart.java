package dev.troupe.reward;

import dev.troupe.runtime.config.Settings;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a reward service does; a process may do a part of it. Judges scale by the work they have, the coordinator by
 * partitions, and a judge that takes its process down should not take the coordinator along. The intake sets aside bad
 * records of the topics that nobody else is answerable for.
 */
enum RewardPart {
    JUDGES,
    COORDINATOR,
    INTAKE;

    /** Reads {@code reward.parts}, all of them by default; problems are reported by {@link Settings#check()}. */
    static Set<RewardPart> of(Settings settings) {
        var parts = EnumSet.noneOf(RewardPart.class);
        var all = Stream.of(values()).map(RewardPart::tag).sorted().toList();
        var names = settings.list("reward.parts", all);
        if (names.isEmpty()) {
            settings.problem("reward.parts", "names no part to run; take one or more of %s".formatted(all));
        }
        for (String name : names) {
            named(name)
                    .ifPresentOrElse(
                            parts::add,
                            () -> settings.problem("reward.parts", "'%s' is not one of %s".formatted(name, all)));
        }
        return parts;
    }

    private static Optional<RewardPart> named(String name) {
        return Stream.of(values()).filter(part -> part.tag().equals(name)).findFirst();
    }

    private String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
