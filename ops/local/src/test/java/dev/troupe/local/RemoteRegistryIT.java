package dev.troupe.local;

import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The same suite on a registry that already runs, such as the one of docker-compose.yml. */
@EnabledIfEnvironmentVariable(
        named = RemoteRegistryIT.URL,
        matches = "http.*",
        disabledReason = "names a running registry")
class RemoteRegistryIT extends RegistryConformance {

    static final String URL = "TEST_REGISTRY_URL";

    @Override
    protected String url() {
        return System.getenv().getOrDefault(URL, "");
    }
}
