package dev.troupe.policy;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** An immutable sequence of token ids, each of them zero or more. */
public final class TokenIds {
    private static final TokenIds EMPTY = new TokenIds(new int[0]);

    private final int[] ids;

    private TokenIds(int[] ids) {
        this.ids = ids;
    }

    public static TokenIds of(int... ids) {
        return ids.length == 0 ? EMPTY : owning(ids.clone());
    }

    public static TokenIds of(Collection<Integer> ids) {
        return owning(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Takes the array over without a copy; the caller must not touch it again. */
    static TokenIds owning(int[] ids) {
        for (int id : ids) {
            if (id < 0) {
                throw new IllegalArgumentException("token id is negative: " + id);
            }
        }
        return new TokenIds(ids);
    }

    public int size() {
        return ids.length;
    }

    public boolean isEmpty() {
        return ids.length == 0;
    }

    public int get(int index) {
        return ids[index];
    }

    /** This sequence followed by the other. */
    public TokenIds concat(TokenIds other) {
        int[] joined = Arrays.copyOf(ids, ids.length + other.ids.length);
        System.arraycopy(other.ids, 0, joined, ids.length, other.ids.length);
        return new TokenIds(joined);
    }

    /** The ids from {@code from} inclusive to {@code to} exclusive. */
    public TokenIds slice(int from, int to) {
        if (from < 0 || to > ids.length || from > to) {
            throw new IndexOutOfBoundsException("[" + from + ", " + to + ") of " + ids.length);
        }
        return new TokenIds(Arrays.copyOfRange(ids, from, to));
    }

    public int[] toArray() {
        return ids.clone();
    }

    public List<Integer> asList() {
        return Arrays.stream(ids).boxed().toList();
    }

    int highest() {
        return Arrays.stream(ids).max().orElse(-1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenIds that && Arrays.equals(ids, that.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return Arrays.toString(ids);
    }
}
