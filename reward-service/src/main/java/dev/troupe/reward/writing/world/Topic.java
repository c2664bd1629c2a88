package dev.troupe.reward.writing.world;

import dev.troupe.reward.world.Split;
import java.util.ArrayList;
import java.util.List;

/** Something made by someone somewhere at some time of the year: what the authors write about. */
record Topic(int thing, int maker, int place, int season) {

    private static final List<String> THINGS = List.of(
            "honey", "bread", "cheese", "glass", "paper", "silk", "salt", "tea", "soap", "rope", "candles", "bricks",
            "baskets", "kites", "drums", "lamps");
    private static final List<String> MAKERS =
            List.of("farmers", "monks", "families", "students", "sailors", "potters", "widows", "miners");
    private static final List<String> PLACES =
            List.of("villages", "harbours", "valleys", "islands", "forests", "markets", "castles", "deserts");
    private static final List<String> SEASONS = List.of("spring", "summer", "autumn", "winter");

    static List<Topic> of(Split split) {
        var topics = new ArrayList<Topic>();
        for (int thing = 0; thing < THINGS.size(); thing++) {
            for (int maker = 0; maker < MAKERS.size(); maker++) {
                for (int place = 0; place < PLACES.size(); place++) {
                    for (int season = 0; season < SEASONS.size(); season++) {
                        var topic = new Topic(thing, maker, place, season);
                        if (topic.heldOut() == (split == Split.HELD_OUT)) {
                            topics.add(topic);
                        }
                    }
                }
            }
        }
        return List.copyOf(topics);
    }

    /** A fifth is kept away from training, spread over all words. */
    boolean heldOut() {
        return (thing + 2 * maker + 3 * place + 4 * season) % 5 == 0;
    }

    /** The notes to write from, one fact a line. */
    String words() {
        return "The topic is " + thingWord() + ".\nIt is made by " + makerWord() + ".\nThey live in " + placeWord()
                + ".\nThe season is " + seasonWord() + ".";
    }

    String thingWord() {
        return THINGS.get(thing);
    }

    String makerWord() {
        return MAKERS.get(maker);
    }

    String placeWord() {
        return PLACES.get(place);
    }

    String seasonWord() {
        return SEASONS.get(season);
    }
}
