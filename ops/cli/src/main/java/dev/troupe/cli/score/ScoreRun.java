package dev.troupe.cli.score;

import static java.util.Objects.requireNonNullElse;

import dev.troupe.cli.score.LineScorer.Result;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scores all lines of a file, several at a time, and hands the results on in the order of the lines. */
final class ScoreRun {

    private static final Logger LOGGER = LoggerFactory.getLogger(ScoreRun.class);

    /** No line takes so long: what runs programs has deadlines of its own, far below. */
    private static final Duration LINE_WITHIN = Duration.ofMinutes(10);

    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    /** Lines under way for each worker, so that none waits for the reader. */
    private static final int AHEAD = 2;

    /** So many lines at the beginning, none of them a JSON object, are no JSONL. */
    private static final int NO_JSONL_AFTER = 1000;

    private final int workers;
    private final Supplier<LineScorer> scorers;

    /** @param scorers makes a scorer for a worker */
    ScoreRun(int workers, Supplier<LineScorer> scorers) {
        this.workers = workers;
        this.scorers = scorers;
    }

    /** Where results go. */
    interface Output {
        void write(Result result) throws IOException;

        /** @param lines scored or refused so far */
        void progress(long lines, long bytesRead);
    }

    /**
     * Scores the file.
     *
     * @return how many lines there were, and how many of them have no score
     * @throws NoJsonlException when there is no JSON object among the first lines; nothing has been written then
     * @throws IOException when the file cannot be read or the output not be written
     */
    ScoreTally run(LineFile file, Output output) throws IOException, NoJsonlException, InterruptedException {
        List<LineScorer> made = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        try {
            for (int i = 0; i < workers; i++) {
                made.add(scorers.get());
            }
            return run(file, output, threads, new ConcurrentLinkedQueue<>(made));
        } finally {
            try {
                stop(threads);
            } finally {
                made.forEach(LineScorer::close);
            }
        }
    }

    /** Interrupts what is still under way, so that no scorer is closed while it is used. */
    private static void stop(ExecutorService threads) throws InterruptedException {
        threads.shutdownNow();
        if (!threads.awaitTermination(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
            LOGGER.atWarn().log("lines are still being scored; their sandboxes are closed under them");
        }
    }

    private ScoreTally run(LineFile file, Output output, ExecutorService threads, Queue<LineScorer> idle)
            throws IOException, NoJsonlException, InterruptedException {
        var writer = new Writer(output);
        var underWay = new ArrayDeque<Future<Result>>();
        Optional<LineFile.Line> line = file.next();
        while (line.isPresent()) {
            LineFile.Line next = line.get();
            if (!next.text().isBlank()) {
                underWay.add(threads.submit(() -> score(next, idle)));
            }
            while (underWay.size() >= AHEAD * workers) {
                writer.add(awaited(underWay.remove()), file.read());
            }
            line = file.next();
        }
        while (!underWay.isEmpty()) {
            writer.add(awaited(underWay.remove()), file.read());
        }
        return writer.close();
    }

    private static Result score(LineFile.Line line, Queue<LineScorer> idle) throws Exception {
        // There are as many scorers as threads.
        LineScorer scorer = idle.remove();
        try {
            return scorer.score(line);
        } finally {
            idle.add(scorer);
        }
    }

    private static Result awaited(Future<Result> result) throws InterruptedException {
        try {
            return result.get(LINE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = requireNonNullElse(e.getCause(), e);
            throw new IllegalStateException("lines can no longer be scored: " + cause.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "a line has been scored for more than " + LINE_WITHIN.toMinutes() + " min", e);
        }
    }

    /** Holds refusals back until the first JSON object shows that the file is JSONL. */
    private static final class Writer {
        private final Output output;
        private final List<Result> held = new ArrayList<>();
        private boolean jsonl;
        private ScoreTally tally = ScoreTally.NOTHING;

        Writer(Output output) {
            this.output = output;
        }

        void add(Result result, long bytesRead) throws IOException, NoJsonlException {
            tally = tally.with(result);
            jsonl |= result.parsed();
            held.add(result);
            if (jsonl) {
                for (Result each : held) {
                    output.write(each);
                }
                held.clear();
                output.progress(tally.lines(), bytesRead);
            } else if (held.size() >= NO_JSONL_AFTER) {
                throw new NoJsonlException(tally);
            }
        }

        ScoreTally close() throws NoJsonlException {
            if (!jsonl) {
                throw new NoJsonlException(tally);
            }
            return tally;
        }
    }
}
