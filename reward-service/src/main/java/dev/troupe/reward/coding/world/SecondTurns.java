package dev.troupe.reward.coding.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Feedback as the coding environment words it after a program that failed; the failure is made up. */
final class SecondTurns {

    private static final int TESTS = 6;

    private SecondTurns() {}

    static String feedback(
            String role, String partner, Optional<Sharing> heard, ListProgram program, RandomGenerator random) {
        var lines = new ArrayList<String>();
        lines.add("%d of %d tests pass.".formatted(random.nextInt(TESTS), TESTS));
        List<Long> xs = random.longs(2 + random.nextInt(5), -12, 19).boxed().toList();
        String call = "main(" + Gather.literal(xs) + ")";
        List<String> slips = program.slips(xs);
        lines.add(
                random.nextBoolean()
                        ? call + " raised TypeError."
                        : call + " gave " + slips.get(random.nextInt(slips.size())) + ", which is wrong.");
        heard.ifPresent(sharing -> lines.add("Message from " + partner + ": " + sharing.announcement()));
        lines.add("Write the function " + role + " again.");
        return String.join("\n", lines);
    }
}
