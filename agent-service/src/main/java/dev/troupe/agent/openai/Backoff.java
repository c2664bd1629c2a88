package dev.troupe.agent.openai;

import dev.troupe.agent.openai.ServerException.Fault;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Waits that double, each cut by up to half at random, so that those who failed together do not come back together.
 *
 * @param first before the first retry
 * @param longest of all waits
 * @param closing ends every wait
 */
record Backoff(Duration first, Duration longest, CountDownLatch closing) {
    private static final int MOST_DOUBLINGS = 20;

    /** The wait before retry {@code retry}, from 0. */
    Duration delay(int retry, RandomGenerator random) {
        double millis = (double) first.toMillis() * Math.pow(2, Math.min(retry, MOST_DOUBLINGS));
        double capped = Math.min(millis, (double) longest.toMillis());
        return Duration.ofMillis(Math.round(capped * (0.5 + random.nextDouble() / 2)));
    }

    /** Something asked of a server. */
    @FunctionalInterface
    interface Request<T> {
        T send() throws ServerException, InterruptedException;
    }

    /** Asks again what failed for a passing reason; what a server says of the request itself stands. */
    <T> T retrying(int retries, RandomGenerator random, OpenAiMetrics metrics, Request<T> request)
            throws ServerException, InterruptedException {
        for (int retry = 0; ; retry++) {
            try {
                return request.send();
            } catch (ServerException e) {
                boolean passing = e.fault() == Fault.BUSY || e.fault() == Fault.BROKEN_OFF;
                if (!passing || retry >= retries) {
                    throw e;
                }
                metrics.retry(e.fault());
                pause(e.retryAfter().orElse(delay(retry, random)));
            }
        }
    }

    /** @throws CancellationException when the agent stops meanwhile */
    void pause(Duration wait) throws InterruptedException {
        if (closing.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new CancellationException("the agent is stopping");
        }
    }
}
