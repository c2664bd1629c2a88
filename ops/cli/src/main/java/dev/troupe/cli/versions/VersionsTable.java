package dev.troupe.cli.versions;

import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;

/** Versions as a person reads them, newest last. */
final class VersionsTable {
    private static final String ROW = "%-20s %7s %7s %7s  %-20s  %-24s %s%n";

    private VersionsTable() {}

    static String of(VersionList list, Optional<String> policyId) {
        var text =
                new StringBuilder(ROW.formatted("policy", "version", "parent", "step", "created", "agents", "state"));
        list.versions().forEach((policy, versions) -> {
            if (policyId.isEmpty() || policyId.get().equals(policy)) {
                versions.values().forEach(version -> text.append(row(list, versions, version)));
            }
        });
        return text.toString();
    }

    private static String row(VersionList list, NavigableMap<Integer, ModelVersion> versions, ModelVersion version) {
        List<String> agents = list.servedBy(version);
        return ROW.formatted(
                version.getPolicyId(),
                version.getVersion(),
                version.getParent() == null ? "-" : version.getParent(),
                version.getTrainingStep(),
                Instant.ofEpochMilli(version.getCreatedAt()).truncatedTo(ChronoUnit.SECONDS),
                agents.size() > 2 ? agents.size() + " agents" : String.join(", ", agents),
                state(list, versions, version).strip());
    }

    private static String state(VersionList list, NavigableMap<Integer, ModelVersion> versions, ModelVersion version) {
        String newest = versions.lastKey() == version.getVersion() ? "newest " : "";
        Optional<ModelRoute> route = list.route(version.getPolicyId())
                .filter(routed -> routed.getVersion().getVersion() == version.getVersion());
        return newest
                + route.map(routed -> routed.getUntil() == null
                                ? "pinned"
                                : String.format(Locale.ROOT, "active until %d is published", routed.getUntil() + 1))
                        .orElse("");
    }
}
