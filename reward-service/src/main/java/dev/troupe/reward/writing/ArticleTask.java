package dev.troupe.reward.writing;

import static dev.troupe.reward.writing.WritingPrompts.SINGLE;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.schemas.avro.ChatMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An article of several sections, each by an author of its own.
 *
 * @param titles of the sections in their order, from {@code fields.sections}: one a line, or a JSON array of texts
 * @param single whether one author writes them all
 */
record ArticleTask(List<String> titles, boolean single) implements WritingTask {

    static final int FEWEST_SECTIONS = 2;
    static final int MOST_SECTIONS = 16;
    private static final int MOST_TITLE_CHARACTERS = 200;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    ArticleTask {
        titles = List.copyOf(titles);
    }

    /** @throws InvalidTaskException when the sections cannot be told apart, or are too few or too many */
    static ArticleTask of(String sections, boolean single) throws InvalidTaskException {
        List<String> titles = titles(sections);
        if (titles.size() < FEWEST_SECTIONS || titles.size() > MOST_SECTIONS) {
            throw new InvalidTaskException("fields.sections has %d titles; write %d to %d, one a line"
                    .formatted(titles.size(), FEWEST_SECTIONS, MOST_SECTIONS));
        }
        var seen = new HashSet<String>();
        for (String title : titles) {
            if (title.length() > MOST_TITLE_CHARACTERS) {
                throw new InvalidTaskException("a title in fields.sections has %d characters, at most %d are taken"
                        .formatted(title.length(), MOST_TITLE_CHARACTERS));
            }
            String heading = Article.heading(title);
            if (heading.isEmpty() || !seen.add(heading)) {
                throw new InvalidTaskException(
                        "fields.sections: the title '%s' has no word of its own, or stands there twice"
                                .formatted(title));
            }
        }
        return new ArticleTask(titles, single);
    }

    private static List<String> titles(String sections) throws InvalidTaskException {
        if (!sections.stripLeading().startsWith("[")) {
            return sections.lines()
                    .map(String::strip)
                    .filter(title -> !title.isEmpty())
                    .toList();
        }
        var titles = new ArrayList<String>();
        try {
            for (JsonNode title : JSON.readTree(sections)) {
                if (!title.isTextual()) {
                    throw new InvalidTaskException("fields.sections holds %s, which is no text".formatted(title));
                }
                titles.add(title.textValue().strip());
            }
        } catch (JsonProcessingException e) {
            throw new InvalidTaskException("fields.sections is no JSON array of texts: " + e.getOriginalMessage());
        }
        return titles;
    }

    @Override
    public List<String> roles() {
        return single
                ? List.of(SINGLE)
                : IntStream.rangeClosed(1, titles.size())
                        .mapToObj(number -> "author" + number)
                        .toList();
    }

    @Override
    public List<ChatMessage> first(String role, String text) {
        String all = "The sections are, in this order: " + String.join("; ", titles) + ".";
        if (single) {
            return WritingPrompts.asked(
                    List.of(
                            "You write an article.",
                            all,
                            "Begin each section with its title on a line of its own.",
                            "Spell a term in the same way everywhere, keep to one style, and say nothing twice."),
                    text);
        }
        String title = titles.get(roles().indexOf(role));
        return WritingPrompts.asked(
                List.of(
                        "You write the section \"%s\" of an article.".formatted(title),
                        all,
                        "Begin with the title of your section on a line of its own.",
                        "Your partners write the other sections; leave to them what belongs there.",
                        "Spell terms as below, and write in plain sentences of medium length."),
                text);
    }
}
