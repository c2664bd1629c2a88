package dev.troupe.agent.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    /** Items of a line, named by it, that cost what they say. */
    private record Item(String line, int number, long tokens) {}

    private final FairQueue<Item> queue = new FairQueue<>(Item::tokens);

    @Test
    void servesLinesByTokensAndNotByItems() {
        // Given: as many items of either, and those of one cost ten times as much
        for (int i = 0; i < 200; i++) {
            add("cheap", i, 10);
            add("dear", i, 100);
        }

        // When
        Map<String, Long> given = new HashMap<>();
        for (int i = 0; i < 110; i++) {
            next().forEach(item -> given.merge(item.line(), item.tokens(), Long::sum));
        }

        // Then
        assertThat(given).containsEntry("cheap", 1000L).containsEntry("dear", 1000L);
    }

    @Test
    void aLineThatWasEmptyNeitherClaimsThePastNorPaysForIt() {
        // Given: one line has been served alone for long
        for (int i = 0; i < 50; i++) {
            add("old", i, 10);
        }
        for (int i = 0; i < 40; i++) {
            next();
        }

        // When
        for (int i = 0; i < 10; i++) {
            add("new", i, 10);
        }

        // Then: they take turns at once
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            next().forEach(item -> served.add(item.line()));
        }
        assertThat(served).containsExactlyInAnyOrder("old", "old", "old", "new", "new", "new");
    }

    @Test
    void keepsTheOrderOfALineAndTakesSiblingsTogether() {
        // Given
        for (int i = 0; i < 5; i++) {
            add("line", i, 1);
        }

        // When, then
        assertThat(queue.take(item -> item.number() < 3))
                .extracting(Item::number)
                .containsExactly(0, 1, 2);
        assertThat(queue.take(_ -> true)).extracting(Item::number).containsExactly(3, 4);
        assertThat(queue.take(_ -> true)).isEmpty();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void drainsWhatNobodyWantsFromAnywhere() {
        // Given
        for (int i = 0; i < 6; i++) {
            add(i % 2 == 0 ? "even" : "odd", i, 1);
        }

        // When
        List<Item> drained = queue.drain(item -> item.number() >= 3);

        // Then
        assertThat(drained).extracting(Item::number).containsExactlyInAnyOrder(3, 4, 5);
        assertThat(queue.size()).isEqualTo(3);
    }

    private void add(String line, int number, long tokens) {
        queue.add(line, new Item(line, number, tokens));
    }

    private List<Item> next() {
        return queue.take(_ -> false);
    }
}
