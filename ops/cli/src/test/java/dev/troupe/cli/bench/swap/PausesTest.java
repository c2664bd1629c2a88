package dev.troupe.cli.bench.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.cli.bench.swap.Residence.Point;
import dev.troupe.cli.bench.swap.StepTape.Step;
import dev.troupe.cli.bench.swap.StepTape.Swap;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PausesTest {

    private static final long MILLI = 1_000_000;

    /** Steps of 2 ms with 1 ms between them, but for some of both. */
    private static List<Step> steps(int count, int longStep, int longGapBefore) {
        var steps = new ArrayList<Step>();
        long at = 0;
        for (int i = 0; i < count; i++) {
            at += (i == longGapBefore ? 30 : 1) * MILLI;
            long begin = at;
            at += (i == longStep ? 9 : 2) * MILLI;
            steps.add(new Step(begin, at));
        }
        return steps;
    }

    @Test
    void aWaitForATokenBelongsToTheSwapBeforeIt() {
        List<Step> steps = steps(100, -1, 53);
        var swap = new Swap(steps.get(40).end(), steps.get(50).end() + 1);

        Pauses pauses = Pauses.of(steps, List.of(), List.of(swap), List.of());

        assertThat(pauses.tokenAtSwap().max()).isEqualTo(32);
        assertThat(pauses.tokenElsewhere().max()).isEqualTo(3);
    }

    @Test
    void aWaitFarFromASwapIsNotOfTheSwap() {
        List<Step> steps = steps(100, -1, 80);
        var swap = new Swap(steps.get(40).end(), steps.get(50).end() + 1);

        Pauses pauses = Pauses.of(steps, List.of(), List.of(swap), List.of());

        assertThat(pauses.tokenAtSwap().max()).isEqualTo(3);
        assertThat(pauses.tokenElsewhere().max()).isEqualTo(32);
    }

    @Test
    void aPauseIsTakenInSteps() {
        var long10 = new Step(5, 5 + 10 * MILLI);
        var short4 = new Step(100 * MILLI, 104 * MILLI);

        Pauses pauses = Pauses.of(steps(100, -1, -1), List.of(long10, short4), List.of(), List.of());

        assertThat(pauses.pause().count()).isEqualTo(2);
        assertThat(pauses.pause().max()).isEqualTo(10);
        assertThat(pauses.steps()).as("of 2 ms").isEqualTo(5);
    }

    @Test
    void stepsWhileAVersionLoadsAreCountedApart() {
        List<Step> steps = steps(100, 45, -1);
        var swap = new Swap(steps.get(40).end(), steps.get(50).end() + 1);

        Pauses pauses = Pauses.of(steps, List.of(), List.of(swap), List.of());

        assertThat(pauses.stepWhileLoading().max()).isEqualTo(9);
        assertThat(pauses.step().max()).isEqualTo(2);
        assertThat(pauses.stepWhileLoading().count()).isEqualTo(10);
    }

    @Test
    void whatFallsIntoACollectionIsLeftOut() {
        List<Step> steps = steps(100, 45, 80);
        var swap = new Swap(steps.get(40).end(), steps.get(50).end() + 1);
        long lastEnd = steps.get(49).end();
        var pause = new Step(lastEnd, lastEnd + MILLI);
        var collections = List.of(
                new Step(steps.get(45).begin() + 1, steps.get(45).end() - 1),
                new Step(steps.get(79).end() + 1, steps.get(80).begin()));

        Pauses pauses = Pauses.of(steps, List.of(pause, collections.getLast()), List.of(swap), collections);

        assertThat(pauses.stepWhileLoading().max()).isEqualTo(2);
        assertThat(pauses.tokenElsewhere().max()).isEqualTo(3);
        assertThat(pauses.pause().count()).isEqualTo(1);
    }

    @Test
    void growthIsTheSlopeOfWhatIsSettled() {
        List<Point> points = IntStream.range(0, 100)
                .mapToObj(version -> new Point(version, version < 20 ? 1_000_000L * version : 5_000 + 7L * version))
                .toList();

        assertThat(Residence.slope(points)).isCloseTo(7, org.assertj.core.data.Offset.offset(1e-6));
        assertThat(Residence.slope(points.subList(0, 3))).isNaN();
    }

    @Test
    void theTapeKeepsWhatTheMetersOfAnAgentSay() {
        var tape = new StepTape();
        Timer load = tape.timer("troupe.agent.model.load", "policy", "p");
        Timer swap = tape.timer("troupe.agent.model.swap", "policy", "p");
        Timer step = tape.timer("troupe.agent.decode.step", "thread", "0");

        step.record(5, TimeUnit.MILLISECONDS);
        tape.timer("troupe.agent.decode.swap.pause", "thread", "0").record(3, TimeUnit.MILLISECONDS);
        load.record(40, TimeUnit.MILLISECONDS);
        swap.record(1, TimeUnit.MILLISECONDS);

        assertThat(tape.steps())
                .singleElement()
                .satisfies(kept -> assertThat(kept.end() - kept.begin()).isEqualTo(5 * MILLI));
        assertThat(tape.pauses())
                .singleElement()
                .satisfies(kept -> assertThat(kept.end() - kept.begin()).isEqualTo(3 * MILLI));
        assertThat(tape.swaps())
                .singleElement()
                .satisfies(kept -> assertThat(kept.at() - kept.loadedSince()).isEqualTo(41 * MILLI));
        assertThat(step.count()).isEqualTo(1);
    }
}
