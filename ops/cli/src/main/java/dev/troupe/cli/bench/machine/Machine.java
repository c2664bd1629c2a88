package dev.troupe.cli.bench.machine;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What was measured on. */
public record Machine(String processor, int cores, String system, String java, String engine) {

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final String MODEL = "model name";

    /** The machine that this runs on. */
    public static Machine here() {
        return new Machine(
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                "PyTorch " + Engine.getEngine("PyTorch").getVersion());
    }

    private static String processorName() {
        try {
            for (String line : Files.readAllLines(CPUINFO)) {
                if (line.startsWith(MODEL)) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            // Not Linux: the architecture has to do.
        }
        return System.getProperty("os.arch");
    }

    /** Mean number of processes that wanted to run during the last minute; negative where the system does not tell. */
    public static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** Seconds that Java's compiler has been busy since the start, its threads together. */
    public static double compiledSeconds() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler != null && compiler.isCompilationTimeMonitoringSupported()
                ? compiler.getTotalCompilationTime() / 1e3
                : 0;
    }

    /** How busy the machine was: a busy one gives numbers, but no verdict. */
    public record Load(double before, double after, int cores) {

        private static final double PER_CORE = 1.5;

        /** Up to now. */
        public static Load since(double before) {
            return new Load(before, loadAverage(), Runtime.getRuntime().availableProcessors());
        }

        public boolean isQuiet() {
            return isQuiet(before) && isQuiet(after);
        }

        private boolean isQuiet(double load) {
            return load >= 0 && load <= PER_CORE * cores;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "load average %.2f before and %.2f after, on %d cores (at most %.1f is quiet)",
                    before,
                    after,
                    cores,
                    PER_CORE * cores);
        }
    }
}
