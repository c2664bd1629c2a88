package dev.troupe.cli.bench.frame;

import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets a test find the shipped examples, as the launcher does. */
public final class LauncherHome implements BeforeAllCallback, AfterAllCallback {
    private static final String HOME = "troupe.home";

    @Override
    public void beforeAll(ExtensionContext context) {
        System.setProperty(
                HOME, Path.of("..", "..").toAbsolutePath().normalize().toString());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.clearProperty(HOME);
    }
}
