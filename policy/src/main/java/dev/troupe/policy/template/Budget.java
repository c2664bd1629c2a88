package dev.troupe.policy.template;

/**
 * What one rendering may cost: a unit for each step and for each character or item that is read or made. A template is
 * a program of whoever published the checkpoint, so it must end, and in bounded memory.
 */
final class Budget {
    private long left;

    Budget(long units) {
        left = units;
    }

    void spend(long units) {
        if (units > left) {
            left = 0;
            throw new EvaluationException("the template does more work than a chat needs; it was stopped");
        }
        left -= units;
    }

    /** Spends for a value that is read or was made; what it holds inside was paid for before. */
    <V extends Value> V spendFor(V value) {
        spend(
                switch (value) {
                    case Text text -> 1L + text.length();
                    case Value.Sequence(var items) -> 1L + 8L * items.size();
                    case Value.Dict(var entries) -> 1L + 16L * entries.size();
                    default -> 1L;
                });
        return value;
    }
}
