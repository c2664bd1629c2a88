package dev.troupe.reward.writing.world;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Sentences about a topic. */
final class Prose {

    private static final List<String> SUMMARIES = List.of(
            "{Maker} make {thing} in {place} every {season}.",
            "In {season}, {maker} in {place} make {thing}.",
            "{Thing} from {place} are made by {maker} in {season}.",
            "Every {season}, {maker} in {place} make {thing} for everybody.",
            "When {season} comes, {maker} in {place} make {thing}.");

    private static final List<String> DETAILS = List.of(
            "{maker} in {place} have made {thing} since old times",
            "the work begins early in {season} and needs many hands",
            "young people learn the craft from their parents",
            "good {thing} bring a fair price at the weekly market",
            "visitors travel far to see how it is done",
            "the tools are simple but the skill is rare",
            "rain or cold weather can spoil a whole month of effort",
            "neighbours share their ovens, carts and stories");

    private static final List<String> TRANSITIONS = List.of(
            "However, ", "For example, ", "Therefore, ", "Moreover, ", "Meanwhile, ", "In short, ", "Similarly, ");

    private Prose() {}

    static String summary(Topic topic, RandomGenerator random) {
        return fill(SUMMARIES.get(random.nextInt(SUMMARIES.size())), topic);
    }

    /**
     * Different sentences, some led by a transition, no transition twice.
     *
     * @param sentences how many, at most eight
     * @param transition chance that a sentence after the first is led by one
     */
    static String details(Topic topic, int sentences, double transition, RandomGenerator random) {
        List<String> left = new ArrayList<>(DETAILS);
        List<String> leads = new ArrayList<>(TRANSITIONS);
        var text = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            String sentence = fill(left.remove(random.nextInt(left.size())), topic);
            boolean led = i > 0 && !leads.isEmpty() && random.nextDouble() < transition;
            text.append(i == 0 ? "" : "\n");
            text.append(led ? leads.remove(random.nextInt(leads.size())) + sentence : capitalised(sentence));
            text.append('.');
        }
        return text.toString();
    }

    private static String fill(String template, Topic topic) {
        return template.replace("{Maker}", capitalised(topic.makerWord()))
                .replace("{Thing}", capitalised(topic.thingWord()))
                .replace("{maker}", topic.makerWord())
                .replace("{thing}", topic.thingWord())
                .replace("{place}", topic.placeWord())
                .replace("{season}", topic.seasonWord());
    }

    private static String capitalised(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
