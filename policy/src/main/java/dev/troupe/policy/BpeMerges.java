package dev.troupe.policy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * Learned merges, in order: ids below 256 are bytes, id 256 + i is what merge i makes.
 *
 * @param pairs left and right id of each merge
 * @param pieces what no merge crosses
 */
record BpeMerges(List<Pair> pairs, BpePieces pieces) {
    /** A pair seen once teaches nothing. */
    private static final long LEAST_COUNT = 2;

    /** Two ids that stand side by side. */
    record Pair(int left, int right) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            int byLeft = Integer.compare(left, other.left);
            return byLeft != 0 ? byLeft : Integer.compare(right, other.right);
        }
    }

    BpeMerges {
        pairs = List.copyOf(pairs);
    }

    static BpeMerges learn(Iterable<String> corpus, int most, BpePieces pieces) {
        Map<String, Long> counts = new TreeMap<>();
        for (String text : corpus) {
            Matcher matcher = pieces.pattern().matcher(text);
            while (matcher.find()) {
                counts.merge(matcher.group(), 1L, Long::sum);
            }
        }
        List<int[]> words = new ArrayList<>();
        List<Long> wordCounts = new ArrayList<>();
        counts.forEach((word, count) -> {
            words.add(bytes(word));
            wordCounts.add(count);
        });
        List<Pair> merges = new ArrayList<>();
        while (merges.size() < most) {
            Pair best = mostFrequent(words, wordCounts);
            if (best == null) {
                break;
            }
            int id = 256 + merges.size();
            words.replaceAll(word -> merged(word, best, id));
            merges.add(best);
        }
        return new BpeMerges(merges, pieces);
    }

    private static int[] bytes(String word) {
        byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[utf8.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = utf8[i] & 0xff;
        }
        return ids;
    }

    private static @Nullable Pair mostFrequent(List<int[]> words, List<Long> wordCounts) {
        Map<Pair, Long> counts = new HashMap<>();
        for (int i = 0; i < words.size(); i++) {
            int[] word = words.get(i);
            for (int j = 0; j + 1 < word.length; j++) {
                counts.merge(new Pair(word[j], word[j + 1]), wordCounts.get(i), Long::sum);
            }
        }
        Pair best = null;
        long bestCount = LEAST_COUNT - 1;
        for (var entry : counts.entrySet()) {
            long count = entry.getValue();
            if (count > bestCount
                    || (count == bestCount && best != null && entry.getKey().compareTo(best) < 0)) {
                best = entry.getKey();
                bestCount = count;
            }
        }
        return best;
    }

    private static int[] merged(int[] word, Pair pair, int id) {
        int[] merged = new int[word.length];
        int size = 0;
        for (int i = 0; i < word.length; i++) {
            if (i + 1 < word.length && word[i] == pair.left() && word[i + 1] == pair.right()) {
                merged[size++] = id;
                i++;
            } else {
                merged[size++] = word[i];
            }
        }
        return size == word.length ? word : Arrays.copyOf(merged, size);
    }

    /** What each id stands for, in the byte alphabet. */
    List<String> symbols() {
        List<String> symbols = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            symbols.add(String.valueOf(ByteAlphabet.symbol(value)));
        }
        for (Pair pair : pairs) {
            symbols.add(symbols.get(pair.left()) + symbols.get(pair.right()));
        }
        return symbols;
    }
}
