package dev.troupe.cli;

import dev.troupe.local.RegistryConformance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** What Troupe needs of a schema registry, asked of the one that docker-compose.yml names. */
@Timeout(60)
class RegistryContainersIT extends RegistryConformance {

    private static ContainerCluster containers;

    @BeforeAll
    @Timeout(300)
    static void startContainers() throws Exception {
        containers = ContainerCluster.start();
    }

    @AfterAll
    static void stopContainers() {
        if (containers != null) {
            containers.close();
        }
    }

    @Override
    protected String url() {
        return containers.registryUrl();
    }
}
