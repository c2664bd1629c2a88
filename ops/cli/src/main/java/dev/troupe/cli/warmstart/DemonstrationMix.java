package dev.troupe.cli.warmstart;

import dev.troupe.reward.coding.world.CodingDemonstrations;
import dev.troupe.reward.coding.world.Habits;
import dev.troupe.reward.world.Demonstration;
import dev.troupe.reward.writing.world.WritingDemonstrations;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Demonstrations of both environments; one policy learns from all of them. */
final class DemonstrationMix {

    private static final double CODING = 0.78;

    private final CodingDemonstrations coding = new CodingDemonstrations(Habits.REFERENCE);
    private final WritingDemonstrations writing = new WritingDemonstrations();
    private final RandomGenerator random;

    DemonstrationMix(RandomGenerator random) {
        this.random = random;
    }

    List<Demonstration> draw(int count) {
        var demonstrations = new ArrayList<Demonstration>(count);
        for (int i = 0; i < count; i++) {
            demonstrations.add(random.nextDouble() < CODING ? coding.draw(random) : writing.draw(random));
        }
        return demonstrations;
    }
}
