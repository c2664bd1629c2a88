package dev.troupe.cli.demo;

import dev.troupe.schemas.avro.TrainingStep;
import java.io.PrintStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Live progress: one line that is redrawn on a terminal, a plain line now and then elsewhere. Fed by the topics alone,
 * so it shows what a platform team would see. Safe for use by many threads.
 */
final class Progress {

    private static final int BAR = 24;
    private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(5);

    private final PrintStream out;
    private final boolean terminal;
    private final long totalSteps;
    private final Measure measure;
    // guarded by this
    private final Map<Contest, TrainingStep> newest = new EnumMap<>(Contest.class);
    private long firstStepAt;
    private long episodes;
    private long firstEpisodeAt;
    private long lastPlainAt;
    private String phase = "starting";

    Progress(PrintStream out, boolean terminal, int stepsPerContest, int contests, Measure measure) {
        this.out = out;
        this.terminal = terminal;
        this.totalSteps = (long) stepsPerContest * contests;
        this.measure = measure;
    }

    synchronized void phase(String name, long nowMillis) {
        phase = name;
        lastPlainAt = 0;
        draw(nowMillis);
    }

    synchronized void step(Contest contest, TrainingStep step, long nowMillis) {
        newest.put(contest, step);
        if (firstStepAt == 0) {
            firstStepAt = nowMillis;
        }
        draw(nowMillis);
    }

    synchronized void episode(long nowMillis) {
        episodes++;
        if (firstEpisodeAt == 0) {
            firstEpisodeAt = nowMillis;
        }
    }

    /** Leaves the line as it is and goes on below it. */
    synchronized void end() {
        if (terminal) {
            out.println();
        }
        out.flush();
    }

    private void draw(long nowMillis) {
        if (terminal) {
            out.print("\r\033[2K" + line(nowMillis));
            out.flush();
        } else if (nowMillis - lastPlainAt >= PLAIN_INTERVAL.toMillis()) {
            lastPlainAt = nowMillis;
            out.println(line(nowMillis));
        }
    }

    private String line(long nowMillis) {
        long done = newest.values().stream().mapToLong(TrainingStep::getStep).sum();
        if (done == 0) {
            return phase + " ...";
        }
        int filled = (int) Math.min(BAR, BAR * done / totalSteps);
        var line = new StringBuilder(phase)
                .append(" [")
                .append("#".repeat(filled))
                .append(".".repeat(BAR - filled))
                .append("] ");
        newest.forEach((contest, step) -> line.append(String.format(
                Locale.ROOT,
                "%s v%d reward %.2f %s %.0f%% | ",
                contest.teamId(),
                step.getStep(),
                step.getMetrics().getOrDefault("reward", Double.NaN),
                measure.label(),
                100 * step.getMetrics().getOrDefault(measure.trainingMetric(), Double.NaN))));
        double seconds = Math.max(1, nowMillis - firstEpisodeAt) / 1000.0;
        line.append(String.format(Locale.ROOT, "%.0f episodes/s", episodes / seconds));
        if (done < totalSteps && nowMillis > firstStepAt) {
            long left = (nowMillis - firstStepAt) * (totalSteps - done) / Math.max(1, done - 1) / 1000;
            line.append(String.format(Locale.ROOT, ", about %d s left", left));
        }
        return line.toString();
    }
}
