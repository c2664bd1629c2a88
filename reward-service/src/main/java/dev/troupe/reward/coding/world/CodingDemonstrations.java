package dev.troupe.reward.coding.world;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.coding.CodingPrompts;
import dev.troupe.reward.world.Demonstration;
import dev.troupe.reward.world.Split;
import java.util.List;
import java.util.random.RandomGenerator;

/** Authors at work on training compositions, each following habits of their own. */
public final class CodingDemonstrations {

    private final Habits habits;
    private final List<Composition> compositions = Composition.of(Split.TRAIN);

    public CodingDemonstrations(Habits habits) {
        this.habits = requireNonNull(habits, "habits is null");
    }

    /** One demonstration; what it shows depends on the random numbers alone. */
    public Demonstration draw(RandomGenerator random) {
        var program = ListProgram.draw(compositions.get(random.nextInt(compositions.size())), random);
        if (random.nextDouble() < habits.single()) {
            return demonstration(CodingPrompts.SINGLE, program, Sharing.alone(written(program, random)));
        }
        String role = random.nextBoolean() ? CodingPrompts.HELPER : CodingPrompts.MAIN;
        Sharing sharing = habits.draw(random);
        String code = code(role, sharing, written(program, random));
        boolean announced = random.nextDouble() < habits.announce();
        return demonstration(role, program, announced ? announcement(role, sharing) + "\n" + code : code);
    }

    /** What the author writes when meaning {@code program}: mostly that, at times a neighbour of it. */
    private ListProgram written(ListProgram program, RandomGenerator random) {
        if (random.nextDouble() >= habits.slip()) {
            return program;
        }
        List<ListProgram> neighbours = program.neighbours();
        return neighbours.get(random.nextInt(neighbours.size()));
    }

    private static String code(String role, Sharing sharing, ListProgram program) {
        return role.equals(CodingPrompts.HELPER) ? sharing.helper(program) : sharing.main(program);
    }

    private static String announcement(String role, Sharing sharing) {
        return "@" + (role.equals(CodingPrompts.HELPER) ? CodingPrompts.MAIN : CodingPrompts.HELPER) + " "
                + sharing.announcement();
    }

    private static Demonstration demonstration(String role, ListProgram program, String completion) {
        return new Demonstration(role, CodingPrompts.first(role, program.words()), completion);
    }
}
