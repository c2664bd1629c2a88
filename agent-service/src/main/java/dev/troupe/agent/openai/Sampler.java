package dev.troupe.agent.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.agent.decode.DeadlinePassedException;
import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.agent.openai.HttpCalls.Waits;
import dev.troupe.agent.openai.ServerException.Fault;
import dev.troupe.agent.policy.CompletionRefusedException;
import dev.troupe.policy.Completion;
import dev.troupe.runtime.kafka.RetryLaterException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Has requests completed by whichever replica does it, until their deadline. The calling thread waits. */
final class Sampler {
    /** A turn that no replica completed is tried again by some agent after this. */
    private static final Duration LATER = Duration.ofSeconds(5);

    private final HttpCalls calls;
    private final ReplicaPool pool;
    private final LoraAdapters adapters;
    private final CompletionBody body;
    private final PatienceOptions patience;
    private final Backoff backoff;
    private final OpenAiMetrics metrics;
    private final InstantSource clock;

    Sampler(OpenAiOptions options, Connections connections, LoraAdapters adapters) {
        this.calls = connections.calls();
        this.pool = connections.pool();
        this.backoff = connections.backoff();
        this.metrics = connections.metrics();
        this.clock = connections.clock();
        this.adapters = adapters;
        this.body = new CompletionBody(options);
        this.patience = options.patience();
    }

    /**
     * Completes a request.
     *
     * @param check makes the completion of the reply
     * @throws DeadlinePassedException when the turn's deadline passed first
     * @throws CompletionRefusedException when no try can succeed
     * @throws RetryLaterException when no try succeeded
     */
    Completion complete(ServedModel model, DecodeRequest request, int maxTokens, ReplyCheck check)
            throws InterruptedException {
        ObjectNode message = body.write(model.name(), request, check.eosIds(), maxTokens, 1);
        var random = new SplittableRandom(request.generation().seed());
        Replica failed = null;
        for (int attempt = 0; ; attempt++) {
            Replica replica = null;
            try {
                replica = pool.take(left(request.deadline(), patience.request()), failed);
                Reply reply = counted(replica, message, request.deadline());
                return check.completion(
                        reply, model.name(), request.generation().prompt(), maxTokens);
            } catch (ServerException e) {
                left(request.deadline(), patience.request());
                if (!e.fault().retryable()) {
                    throw new CompletionRefusedException(String.valueOf(e.getMessage()));
                }
                if (attempt >= patience.retries()) {
                    throw new RetryLaterException(
                            "no server completed a turn in %d tries, the last: %s"
                                    .formatted(attempt + 1, e.getMessage()),
                            LATER,
                            e);
                }
                metrics.retry(e.fault());
                failed = replica;
                recover(model, replica, e, backoff.delay(attempt, random));
            }
        }
    }

    /** What is done before the next try. */
    private void recover(ServedModel model, @Nullable Replica replica, ServerException e, Duration wait)
            throws InterruptedException {
        if (replica == null) {
            return;
        }
        if (e.fault() == Fault.UNKNOWN_MODEL
                && model.adapter().isPresent()
                && adapters.reload(replica, model.adapter().get())) {
            return;
        }
        if (e.fault() == Fault.BUSY) {
            // Others may have room now; this one is asked when it said, or after a while.
            if (e.retryAfter().isEmpty()) {
                pool.pause(replica, wait);
            }
        } else {
            backoff.pause(wait);
        }
    }

    private Reply counted(Replica replica, ObjectNode message, Instant deadline)
            throws ServerException, InterruptedException {
        long begun = System.nanoTime();
        String outcome = "abandoned";
        try {
            Reply reply = ask(replica, message, left(deadline, patience.request()));
            pool.succeeded(replica);
            outcome = "completed";
            return reply;
        } catch (ServerException e) {
            boolean ours = !clock.instant().isBefore(deadline);
            outcome = ours ? outcome : e.fault().name();
            if (ours) {
                pool.abandoned(replica);
            } else {
                pool.failed(replica, e);
            }
            throw e;
        } catch (InterruptedException | RuntimeException e) {
            pool.abandoned(replica);
            throw e;
        } finally {
            metrics.request(replica, outcome, Duration.ofNanos(System.nanoTime() - begun));
        }
    }

    /** One request to one replica, whatever it leads to; its lines are read as they come. */
    Reply ask(Replica replica, ObjectNode message, Duration atMost) throws ServerException, InterruptedException {
        var reader = new ReplyReader(calls, body.streams());
        Waits waits = body.streams()
                ? new Waits(patience.firstByte(), patience.betweenChunks(), atMost)
                : Waits.total(atMost);
        calls.post(replica.at(body.path()), message, waits, reader::line);
        return reader.reply();
    }

    CompletionBody body() {
        return body;
    }

    /** @throws DeadlinePassedException when nothing is left */
    private Duration left(Instant deadline, Duration atMost) {
        Instant now = clock.instant();
        if (!now.isBefore(deadline)) {
            throw new DeadlinePassedException();
        }
        return deadline.isAfter(now.plus(atMost)) ? atMost : Duration.between(now, deadline);
    }
}
