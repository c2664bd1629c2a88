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

    /**
     * Spends for a value that is read or was made, about a unit for each 8 bytes; what it holds inside was paid for
     * before.
     */
    <V extends Value> V spendFor(V value) {
        spend(
                switch (value) {
                    case Text text -> 8L + text.length();
                    case Value.Sequence(var items) -> 4L + 2L * items.size();
                    case Value.Dict(var entries) -> 16L + 16L * entries.size();
                    case Value.Namespace(var attributes) -> 16L + 16L * attributes.size();
                    case Value.Function _ -> 16L;
                    case Value.Int _, Value.Real _, Value.Bool _, Value.None _, Value.Undefined _ -> 4L;
                });
        return value;
    }
}
