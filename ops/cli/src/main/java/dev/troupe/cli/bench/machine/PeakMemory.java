package dev.troupe.cli.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The most memory of this process that was resident at once; Linux only, empty elsewhere. */
public record PeakMemory(Path process) {

    private static final String PEAK = "VmHWM:";

    /** Of the process that asks. */
    public static PeakMemory ofThisProcess() {
        return new PeakMemory(Path.of("/proc/self"));
    }

    /** Counts from now on; where the kernel refuses, the peak stays that since the process began. */
    public void reset() {
        try {
            // proc(5): 5 resets the peak to what is resident now.
            Files.writeString(process.resolve("clear_refs"), "5");
        } catch (IOException e) {
            // The peak is then an upper bound.
        }
    }

    /** The peak since the last reset. */
    public OptionalLong bytes() {
        List<String> lines;
        try {
            lines = Files.readAllLines(process.resolve("status"));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
        return lines.stream()
                .filter(line -> line.startsWith(PEAK))
                .mapToLong(line ->
                        Long.parseLong(line.substring(PEAK.length()).strip().split(" ")[0]) * 1024)
                .findFirst();
    }
}
