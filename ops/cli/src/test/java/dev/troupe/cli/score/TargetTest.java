package dev.troupe.cli.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.environment.Environments;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TargetTest {

    private static final Environments INSTALLED = Environments.load();

    @Test
    void aFormOfWritingHasAName() throws Exception {
        Target target = Target.of("writing-arxiv", null, INSTALLED);

        assertThat(target.environment().name()).isEqualTo("writing");
        assertThat(target.fields(Map.of("band", "published"))).isEqualTo(Map.of("band", "published", "form", "arxiv"));
    }

    @Test
    void theScorerOfTheCommandGoesBeforeTheLines() throws Exception {
        Map<String, String> own = Map.of("scorer", "strict");

        assertThat(Target.of("coding", "compatible", INSTALLED).fields(own)).containsEntry("scorer", "compatible");
        assertThat(Target.of("coding", null, INSTALLED).fields(own)).isEqualTo(own);
    }

    @Test
    void aLineOfAnotherFormIsRefused() {
        Target target = Target.of("writing-tldr", null, INSTALLED);

        assertThatThrownBy(() -> target.fields(Map.of("form", "arxiv")))
                .isInstanceOf(RefusedLineException.class)
                .hasMessageStartingWith("BAD_KEY: form is 'arxiv'");
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNearestAndAll() {
        assertThatThrownBy(() -> Target.of("writing-tdlr", null, INSTALLED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did you mean 'writing-tldr'?")
                .hasMessageContaining("coding")
                .hasMessageContaining("writing-arxiv");
    }
}
