package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BpeMergesTest {
    @Test
    void mergesTheMostFrequentPairFirst() {
        BpeMerges merges = BpeMerges.learn(List.of("abab abc", "ab"), 2, BpePieces.WORDS);

        // "ab" comes four times, then " " + "ab" and "ab" + "ab" and "ab" + "c" once: seen once teaches nothing.
        assertThat(merges.pairs()).containsExactly(new BpeMerges.Pair('a', 'b'));
        assertThat(merges.symbols().getLast()).isEqualTo("ab");
    }

    @Test
    void breaksTiesByTheLowerIds() {
        BpeMerges merges = BpeMerges.learn(List.of("xy ab xy ab"), 1, BpePieces.WORDS);

        assertThat(merges.pairs()).containsExactly(new BpeMerges.Pair(' ', 'a'));
    }

    @Test
    void neverMergesAcrossACut() {
        assertThat(BpeMerges.learn(List.of("1212121212"), 9, BpePieces.LINES).pairs())
                .isEmpty();
    }

    @Test
    void theByteAlphabetHasADistinctPrintableSymbolForEachByte() {
        List<Integer> symbols = IntStream.range(0, 256)
                .mapToObj(value -> (int) ByteAlphabet.symbol(value))
                .toList();

        assertThat(symbols).doesNotHaveDuplicates().noneMatch(Character::isISOControl);
        assertThat((char) (int) symbols.get(' ')).isEqualTo('Ġ');
        assertThat((char) (int) symbols.get('\n')).isEqualTo('Ċ');
    }
}
