package dev.troupe.reward.writing.world;

import dev.troupe.reward.world.Demonstration;
import dev.troupe.reward.world.Split;
import dev.troupe.reward.writing.WritingPrompts;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Authors at work on training topics. Their lengths and transitions vary widely, so that parts written side by side
 * often do not match, and a team has something to learn.
 */
public final class WritingDemonstrations {

    private static final int MOST_SENTENCES = 5;

    private final List<Topic> topics = Topic.of(Split.TRAIN);

    /** One demonstration; what it shows depends on the random numbers alone. */
    public Demonstration draw(RandomGenerator random) {
        Topic topic = topics.get(random.nextInt(topics.size()));
        double kind = random.nextDouble();
        String role =
                kind < 0.4 ? WritingPrompts.AUTHOR_1 : kind < 0.8 ? WritingPrompts.AUTHOR_2 : WritingPrompts.SINGLE;
        String completion =
                switch (role) {
                    case WritingPrompts.AUTHOR_1 -> summary(topic, random);
                    case WritingPrompts.AUTHOR_2 -> details(topic, random);
                    default -> summary(topic, random) + "\n\n" + details(topic, random);
                };
        return new Demonstration(role, WritingPrompts.first(role, topic.words()), completion);
    }

    private static String summary(Topic topic, RandomGenerator random) {
        // now and then the author of the summary does not stop there
        return random.nextDouble() < 0.65
                ? Prose.summary(topic, random)
                : Prose.summary(topic, random) + "\n" + Prose.details(topic, 1 + random.nextInt(2), 0.3, random);
    }

    private static String details(Topic topic, RandomGenerator random) {
        return Prose.details(topic, 1 + random.nextInt(MOST_SENTENCES), random.nextDouble() * 0.6, random);
    }
}
