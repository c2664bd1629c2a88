package dev.troupe.reward.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.coordinator.EpisodeState.Acting;
import dev.troupe.reward.coordinator.TurnState.Open;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawsTest {

    private static Draws draws(int perRole, String... roles) {
        List<TurnState> states = new ArrayList<>();
        for (int number = 0; number < perRole; number++) {
            for (String role : roles) {
                var turn = new RoleTurn(TalkEnvironment.observation(role, "p"), 0, 1, Optional.empty());
                states.add(new Open(new Acting(Progress.started(number, 0), List.of(turn), List.of())));
            }
        }
        return new Draws(perRole, List.of(roles), states);
    }

    private static String name(TurnState draw) {
        return draw.acting().roles().getFirst().role()
                + draw.acting().progress().index();
    }

    @Test
    void theFirstRoleIsTheSlowestDigit() {
        Draws draws = draws(3, "ann", "bob");

        assertThat(draws.of(0)).extracting(DrawsTest::name).containsExactly("ann0", "bob0");
        assertThat(draws.of(1)).extracting(DrawsTest::name).containsExactly("ann0", "bob1");
        assertThat(draws.of(5)).extracting(DrawsTest::name).containsExactly("ann1", "bob2");
        assertThat(draws.of(8)).extracting(DrawsTest::name).containsExactly("ann2", "bob2");
    }

    @ParameterizedTest
    @CsvSource({"1,2", "2,2", "3,2", "16,2", "4,3", "2,8"})
    void everyCombinationIsOneEpisodeAndEveryDrawIsInAsMany(int perRole, int count) {
        String[] roles =
                IntStream.range(0, count).mapToObj(i -> "role" + i + "-").toArray(String[]::new);
        Draws draws = draws(perRole, roles);
        int episodes = Draws.combinations(perRole, count, 256);
        var combined = new HashSet<List<String>>();
        for (int episode = 0; episode < episodes; episode++) {
            combined.add(draws.of(episode).stream().map(DrawsTest::name).toList());
        }

        assertThat(combined).hasSize(episodes);
        for (int place = 0; place < draws.states().size(); place++) {
            TurnState draw = draws.states().get(place);
            assertThat(draws.place(draw.acting().progress().index(), roles[place % count]))
                    .hasValue(place);
            assertThat(IntStream.of(draws.episodesOf(place)).boxed())
                    .hasSize(episodes / perRole)
                    .allSatisfy(episode -> assertThat(draws.of(episode)).contains(draw));
        }
    }

    @Test
    void whatIsNoDrawHasNoPlace() {
        Draws draws = draws(3, "ann", "bob");

        assertThat(draws.place(3, "ann")).isEmpty();
        assertThat(draws.place(-1, "ann")).isEmpty();
        assertThat(draws.place(0, "eve")).isEmpty();
    }

    @Test
    void moreCombinationsThanAskedAboutAreNotCountedOut() {
        assertThat(Draws.combinations(16, 2, 256)).isEqualTo(256);
        assertThat(Draws.combinations(64, 1_000, 256)).isGreaterThan(256);
    }

    @Test
    void aDrawTooFewIsNoticed() {
        assertThatThrownBy(() -> new Draws(
                        2,
                        List.of("ann", "bob"),
                        Collections.nCopies(3, draws(1, "ann").states().getFirst())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 draws of each of 2 roles are not 3");
    }
}
