package dev.troupe.agent.policy;

import static dev.troupe.agent.TestVersions.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionBookTest {
    private final VersionBook book = new VersionBook();

    @Test
    void wantsTheNewestThatCanBeServed() {
        assertThat(wanted()).isEmpty();
        book.announce(version(3));
        book.announce(version(5));
        assertThat(wanted()).hasValue(5);
        book.refuse(version(5), "broken");
        assertThat(wanted()).hasValue(3);
        assertThat(book.refusal("p", 5)).hasValue("broken");
        assertThat(book.wanted("q")).isEmpty();
    }

    @Test
    void servesThePinnedVersionUntilItIsUnpinned() {
        // Given
        book.announce(version(5));

        // When, then: even one whose own record is gone
        book.route(route(version(2), null));
        assertThat(wanted()).hasValue(2);
        assertThat(book.find("p", 2)).isPresent();
        book.announce(version(6));
        assertThat(wanted()).hasValue(2);
        book.route(route(null, null));
        assertThat(wanted()).hasValue(6);
    }

    @Test
    void servesTheActivatedVersionUntilTheNextIsPublished() {
        book.announce(version(5));
        book.route(route(version(2), 5));
        assertThat(wanted()).hasValue(2);
        book.announce(version(6));
        assertThat(wanted()).hasValue(6);
    }

    @Test
    void servesOnWithTheNewestWhenTheRouteLeadsNowhereAndTriesAgainWhenAsked() {
        book.announce(version(5));
        book.route(route(version(2), null));
        book.refuse(version(2), "broken");
        assertThat(wanted()).hasValue(5);
        book.route(route(version(2), null));
        assertThat(wanted()).hasValue(2);
        assertThat(book.refusal("p", 2)).isEmpty();
    }

    private OptionalInt wanted() {
        Optional<ModelVersion> wanted = book.wanted("p");
        return wanted.isPresent() ? OptionalInt.of(wanted.get().getVersion()) : OptionalInt.empty();
    }

    private static ModelRoute route(@Nullable ModelVersion version, @Nullable Integer until) {
        return ModelRoute.newBuilder()
                .setPolicyId("p")
                .setVersion(version)
                .setUntil(until)
                .setRoutedAt(0)
                .build();
    }
}
