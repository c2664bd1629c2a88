package dev.troupe.cli.bench.swap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the resident memory of this process goes as versions come and go; Linux only, nothing elsewhere. */
final class Residence {

    private static final Path STATUS = Path.of("/proc/self/status");
    /** Anonymous memory: what the heap and native code hold, without files that are mapped. */
    private static final String RESIDENT = "RssAnon:";

    /** Of what was seen first: code is compiled, the heap and the arenas of the allocator grow to what they need. */
    private static final double WARM_UP = 0.2;

    private final List<Point> points = new ArrayList<>();
    private final List<StepTape.Step> looks = new ArrayList<>();

    /** @param version newest when it was looked at */
    record Point(int version, long bytes) {}

    /** Looks, with the garbage of the heap collected, so that what grows is kept by somebody. */
    void look(int version) throws IOException {
        long begin = System.nanoTime();
        System.gc();
        looks.add(new StepTape.Step(begin, System.nanoTime()));
        if (!Files.isReadable(STATUS)) {
            return;
        }
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(RESIDENT)) {
                String kibibytes = line.substring(RESIDENT.length()).strip().split(" ")[0];
                points.add(new Point(version, Long.parseLong(kibibytes) * 1024));
            }
        }
    }

    /** When it looked: everything stands still then. */
    List<StepTape.Step> looks() {
        return List.copyOf(looks);
    }

    List<Point> points() {
        return List.copyOf(points);
    }

    /** Bytes by which each version makes it larger: least squares, without the first fifth; NaN of too few. */
    static double slope(List<Point> points) {
        List<Point> settled = points.subList((int) Math.ceil(points.size() * WARM_UP), points.size());
        if (settled.size() < 3) {
            return Double.NaN;
        }
        double x = settled.stream().mapToInt(Point::version).average().orElseThrow();
        double y = settled.stream().mapToLong(Point::bytes).average().orElseThrow();
        double xx = 0;
        double xy = 0;
        for (Point point : settled) {
            xx += (point.version() - x) * (point.version() - x);
            xy += (point.version() - x) * (point.bytes() - y);
        }
        return xy / xx;
    }
}
