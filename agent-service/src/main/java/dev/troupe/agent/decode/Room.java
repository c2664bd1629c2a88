package dev.troupe.agent.decode;

/** What a decoding thread may still admit between two steps. */
final class Room {
    private int sequences;
    private long tokens;
    private long reads;
    private boolean empty;
    private boolean read;
    private boolean left;

    /**
     * @param sequences that the batches have room for
     * @param tokens that they have room for, prompts and longest completions; what is larger runs alone
     * @param reads tokens that may be read now, while those that run wait; a longer prompt is read alone
     * @param empty whether nothing runs
     */
    Room(int sequences, long tokens, long reads, boolean empty) {
        this.sequences = sequences;
        this.tokens = tokens;
        this.reads = reads;
        this.empty = empty;
    }

    /** Whether there is room for one whose prompt has to be read, which then is taken. */
    boolean takes(Sequence sequence) {
        int prompt = sequence.generation().prompt().size();
        if (!fits(sequence)) {
            return false;
        }
        if (read && prompt > reads) {
            left = true;
            return false;
        }
        read = true;
        reads -= prompt;
        take(sequence);
        return true;
    }

    /** Whether there is room for one that has the prompt of another, which then is taken. */
    boolean takesSibling(Sequence sequence, Sequence other) {
        boolean takes = sequence.generation().prompt().equals(other.generation().prompt()) && fits(sequence);
        if (takes) {
            take(sequence);
        }
        return takes;
    }

    private boolean fits(Sequence sequence) {
        return sequences > 0 && (tokens >= sequence.tokens() || empty);
    }

    private void take(Sequence sequence) {
        sequences--;
        tokens -= sequence.tokens();
        empty = false;
    }

    /** Whether something fitted that may not be read before the next step. */
    boolean leftUnread() {
        return left;
    }
}
