package dev.troupe.reward.coding.world;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A program over a list of whole numbers: keep some, change each, gather the rest into an answer.
 *
 * @param keepConstant constant of the first clause, 0 when it has none
 * @param changeConstant constant of the second clause, 0 when it has none
 */
record ListProgram(Composition composition, int keepConstant, int changeConstant) {

    ListProgram {
        requireNonNull(composition, "composition is null");
    }

    static ListProgram draw(Composition composition, RandomGenerator random) {
        return new ListProgram(
                composition,
                composition.keep().clause().draw(random),
                composition.change().clause().draw(random));
    }

    /** The program in words, one clause a line. */
    String words() {
        return String.join(
                "\n",
                composition.keep().clause().words(keepConstant),
                composition.change().clause().words(changeConstant),
                composition.gather().clause().words(0));
    }

    /** The condition on {@code x}, in Python. */
    String condition() {
        return composition.keep().clause().code(keepConstant);
    }

    /** What becomes of {@code x}, in Python. */
    String changed() {
        return composition.change().clause().code(changeConstant);
    }

    /** The answer from the list {@code xs}, in Python. */
    String gathered() {
        return composition.gather().clause().code(0);
    }

    /** The right answer as a Python literal. */
    String answer(List<Long> xs) {
        return composition.gather().apply(change(keep(xs)));
    }

    private List<Long> keep(List<Long> xs) {
        return xs.stream().filter(x -> composition.keep().test(x, keepConstant)).toList();
    }

    private List<Long> change(List<Long> xs) {
        return xs.stream()
                .map(x -> composition.change().apply(x, changeConstant))
                .toList();
    }

    /** Answers of the programs that leave a clause out or apply one twice: what badly shared work computes. */
    List<String> slips(List<Long> xs) {
        return List.of(
                composition.gather().apply(change(xs)),
                composition.gather().apply(keep(xs)),
                composition.gather().apply(change(change(keep(xs)))),
                composition.gather().apply(change(keep(change(keep(xs))))));
    }

    /** All programs that differ in one clause or one constant. */
    List<ListProgram> neighbours() {
        var neighbours = new ArrayList<ListProgram>();
        for (Keep keep : Keep.values()) {
            for (int n = keep.clause().least(); n <= keep.clause().greatest(); n++) {
                neighbours.add(
                        with(new Composition(keep, composition.change(), composition.gather()), n, changeConstant));
            }
        }
        for (Change change : Change.values()) {
            for (int n = change.clause().least(); n <= change.clause().greatest(); n++) {
                neighbours.add(
                        with(new Composition(composition.keep(), change, composition.gather()), keepConstant, n));
            }
        }
        for (Gather gather : Gather.values()) {
            neighbours.add(with(
                    new Composition(composition.keep(), composition.change(), gather), keepConstant, changeConstant));
        }
        neighbours.removeIf(this::equals);
        return neighbours;
    }

    private static ListProgram with(Composition composition, int keepConstant, int changeConstant) {
        return new ListProgram(composition, keepConstant, changeConstant);
    }
}
