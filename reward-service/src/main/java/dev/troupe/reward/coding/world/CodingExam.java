package dev.troupe.reward.coding.world;

import dev.troupe.reward.world.Split;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A quick check of a policy without running code: an answer counts when it is, to the letter, what a flawless author
 * would have written. Right answers in other words are missed, so the measured rate is a lower bound.
 */
public final class CodingExam {

    private final ListProgram program;

    private CodingExam(ListProgram program) {
        this.program = program;
    }

    /** Exams on compositions that no demonstration shows. */
    public static List<CodingExam> heldOut(long seed, int count) {
        RandomGenerator random = new SplittableRandom(seed);
        List<Composition> compositions = Composition.of(Split.HELD_OUT);
        return IntStream.range(0, count)
                .mapToObj(i ->
                        new CodingExam(ListProgram.draw(compositions.get(random.nextInt(compositions.size())), random)))
                .toList();
    }

    /** The task in words. */
    public String words() {
        return program.words();
    }

    /** Whether a single author's completion is right. */
    public boolean solvedAlone(String completion) {
        return withoutMessages(completion).equals(Sharing.alone(program));
    }

    /** Whether the two completions are right and share the work the same way. */
    public boolean solvedTogether(String helper, String main) {
        return Arrays.stream(Sharing.values())
                .anyMatch(sharing -> withoutMessages(helper).equals(sharing.helper(program))
                        && withoutMessages(main).equals(sharing.main(program)));
    }

    private static String withoutMessages(String completion) {
        return completion.lines().dropWhile(line -> line.startsWith("@")).collect(Collectors.joining("\n"));
    }
}
