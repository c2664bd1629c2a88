package dev.troupe.reward.coding.world;

import java.util.random.RandomGenerator;

/**
 * One clause in words and in Python, with {@code {n}} where its constant stands.
 *
 * @param least the smallest constant; 0 when the clause has none
 * @param greatest the largest constant, one digit, so that it is one token
 */
record Clause(String words, String code, int least, int greatest) {

    Clause {
        if (least < 0 || greatest > 9 || least > greatest) {
            throw new IllegalArgumentException(
                    "constants of \"" + words + "\" out of order: " + least + ".." + greatest);
        }
    }

    String words(int n) {
        return words.replace("{n}", Integer.toString(n));
    }

    String code(int n) {
        return code.replace("{n}", Integer.toString(n));
    }

    /** A constant for the clause, 0 when it has none. */
    int draw(RandomGenerator random) {
        return greatest == 0 ? 0 : random.nextInt(least, greatest + 1);
    }
}
