package dev.troupe.reward.writing;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the authors of an article wrote, cut at the titles that were asked for. A title is a heading where it stands on
 * a line of its own, whatever its case, with or without marks of Markdown, a number or a colon.
 *
 * @param titles of the sections in their order
 * @param blocks all that was written, in the order of the authors
 */
record Article(List<String> titles, List<Block> blocks) {

    /** A section with fewer white-space separated pieces below its title is none. */
    static final int FEWEST_PIECES = 8;

    private static final Pattern BEFORE_TITLE = Pattern.compile("^[\\s#*_]*(?:\\d{1,3}[.)]?\\s+)?[\\s#*_]*");

    Article {
        titles = List.copyOf(titles);
        blocks = List.copyOf(blocks);
    }

    /**
     * What stands below a heading.
     *
     * @param author index of who wrote it
     * @param title index of the heading; -1 for what an author wrote before the first one
     * @param text without the heading
     */
    record Block(int author, int title, String text) {
        boolean holds(int pieces) {
            return Words.pieces(text).size() >= pieces;
        }
    }

    /** @param texts what each author wrote; of a single author the whole article */
    static Article of(List<String> titles, List<String> texts) {
        List<String> headings = titles.stream().map(Article::heading).toList();
        var blocks = new ArrayList<Block>();
        for (int author = 0; author < texts.size(); author++) {
            int title = -1;
            var lines = new ArrayList<String>();
            for (String line : texts.get(author).lines().toList()) {
                int heading = headings.indexOf(heading(line));
                if (heading < 0) {
                    lines.add(line);
                    continue;
                }
                blocks.add(new Block(author, title, String.join("\n", lines)));
                title = heading;
                lines.clear();
            }
            blocks.add(new Block(author, title, String.join("\n", lines)));
        }
        return new Article(titles, blocks);
    }

    /** The words of a title, by which a heading is known. */
    static String heading(String line) {
        return String.join(" ", Words.of(BEFORE_TITLE.matcher(line).replaceFirst("")));
    }

    /** The section of a title where its author wrote it; empty texts are none. */
    List<Block> sections() {
        boolean single = blocks.stream().allMatch(block -> block.author() == 0);
        var sections = new ArrayList<Block>();
        for (int i = 0; i < titles.size(); i++) {
            int title = i;
            blocks.stream()
                    .filter(block -> block.title() == title && (single || block.author() == title))
                    .filter(block -> block.holds(FEWEST_PIECES))
                    .findFirst()
                    .ifPresent(sections::add);
        }
        return sections;
    }

    /** Indices of the headings as they follow one another. */
    List<Integer> order() {
        return blocks.stream().map(Block::title).filter(title -> title >= 0).toList();
    }

    /** All texts without their headings. */
    List<String> texts() {
        return blocks.stream().map(Block::text).toList();
    }
}
