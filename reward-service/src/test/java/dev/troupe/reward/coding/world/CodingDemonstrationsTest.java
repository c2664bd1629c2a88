package dev.troupe.reward.coding.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.reward.coding.CodingPrompts;
import dev.troupe.reward.world.Demonstration;
import dev.troupe.reward.world.Split;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CodingDemonstrationsTest {

    private static final Habits FLAWLESS = new Habits(List.of(0.5, 0.3, 0.2), 0.0, 0.0, 0.2, 0.0);

    @Test
    void sameNumbersShowTheSame() {
        var demonstrations = new CodingDemonstrations(Habits.REFERENCE);
        assertThat(demonstrations.draw(new SplittableRandom(5)))
                .isEqualTo(demonstrations.draw(new SplittableRandom(5)));
    }

    @Test
    void showsNoHeldOutComposition() {
        var heldOut = Composition.of(Split.HELD_OUT).stream()
                .map(CodingDemonstrationsTest::withoutConstants)
                .collect(Collectors.toSet());
        var random = new SplittableRandom(3);
        var demonstrations = new CodingDemonstrations(Habits.REFERENCE);
        for (int i = 0; i < 2000; i++) {
            String content = demonstrations.draw(random).prompt().getFirst().getContent();
            List<String> lines = content.lines().toList();
            String words = String.join("\n", lines.subList(lines.size() - 3, lines.size()));
            assertThat(heldOut).doesNotContain(words.replaceAll("[1-9]", "n"));
        }
    }

    private static String withoutConstants(Composition composition) {
        var program = new ListProgram(
                composition,
                composition.keep().clause().greatest(),
                composition.change().clause().greatest());
        return program.words().replaceAll("[1-9]", "n");
    }

    @Test
    void everyRoleAndEveryWayOfSharingIsShown() {
        var random = new SplittableRandom(4);
        var demonstrations = new CodingDemonstrations(FLAWLESS);
        var shown = new HashSet<String>();
        for (int i = 0; i < 300; i++) {
            Demonstration demonstration = demonstrations.draw(random);
            shown.add(demonstration.role() + " "
                    + demonstration
                            .completion()
                            .lines()
                            .skip(1)
                            .findFirst()
                            .orElseThrow()
                            .replaceAll("[^a-z(]", "")
                            .length());
        }
        assertThat(shown)
                .anyMatch(s -> s.startsWith(CodingPrompts.HELPER))
                .anyMatch(s -> s.startsWith(CodingPrompts.MAIN))
                .anyMatch(s -> s.startsWith(CodingPrompts.SINGLE));
    }

    @Test
    void halvesFitWhenBothShareTheSameWay() {
        CodingExam exam = CodingExam.heldOut(1, 1).getFirst();
        var program = new ListProgram(new Composition(Keep.EVEN, Change.ADD, Gather.SUM), 0, 3);
        assertThat(Sharing.HELPER_KEEPS.helper(program))
                .isEqualTo("def helper(xs):\n    return [x for x in xs if x % 2 == 0]");
        assertThat(Sharing.HELPER_KEEPS.main(program))
                .isEqualTo("def main(xs):\n    xs = [x + 3 for x in helper(xs)]\n    return sum(xs)");
        assertThat(exam.solvedTogether("def helper(x):\n    return x", "def main(xs):\n    return xs"))
                .isFalse();
    }

    @Test
    void announcementsAreAddressedToThePartner() {
        var random = new SplittableRandom(6);
        var demonstrations = new CodingDemonstrations(new Habits(List.of(1.0, 0.0, 0.0), 1.0, 0.0, 0.0, 0.0));
        for (int i = 0; i < 50; i++) {
            Demonstration demonstration = demonstrations.draw(random);
            String partner = demonstration.role().equals(CodingPrompts.HELPER) ? "main" : "helper";
            assertThat(demonstration.completion()).startsWith("@" + partner + " helper keeps\ndef ");
        }
    }
}
