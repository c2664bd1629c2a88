package dev.troupe.reward.coding.world;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.coding.CodingPrompts;
import dev.troupe.reward.world.Demonstration;
import dev.troupe.reward.world.Split;
import dev.troupe.schemas.avro.ChatMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
        String first = firstTurn(role, sharing, program, random);
        return random.nextDouble() < habits.secondTurn()
                ? secondTurn(role, sharing, program, first, random)
                : demonstration(role, program, first);
    }

    private String firstTurn(String role, Sharing sharing, ListProgram program, RandomGenerator random) {
        String code = code(role, sharing, written(program, random));
        boolean announced = random.nextDouble() < habits.announce();
        return announced ? "@" + partnerOf(role) + " " + sharing.announcement() + "\n" + code : code;
    }

    /**
     * After tests failed. What the main author announced goes, then what the helper announced; where nobody did, both
     * turn to the way most like best.
     */
    private Demonstration secondTurn(
            String role, Sharing own, ListProgram program, String first, RandomGenerator random) {
        boolean announced = first.startsWith("@");
        Optional<Sharing> heard = random.nextBoolean() ? Optional.of(habits.draw(random)) : Optional.empty();
        boolean follows = heard.isPresent() && (role.equals(CodingPrompts.HELPER) || !announced);
        Sharing agreed = follows ? heard.get() : announced ? own : Sharing.HELPER_KEEPS;
        var chat = new ArrayList<>(CodingPrompts.first(role, program.words()));
        chat.add(new ChatMessage("assistant", first));
        chat.add(new ChatMessage("user", SecondTurns.feedback(role, partnerOf(role), heard, program, random)));
        return new Demonstration(role, chat, code(role, agreed, program));
    }

    private static String partnerOf(String role) {
        return role.equals(CodingPrompts.HELPER) ? CodingPrompts.MAIN : CodingPrompts.HELPER;
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

    private static Demonstration demonstration(String role, ListProgram program, String completion) {
        return new Demonstration(role, CodingPrompts.first(role, program.words()), completion);
    }
}
