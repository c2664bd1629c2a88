package dev.troupe.agent.openai;

import java.time.InstantSource;
import java.util.concurrent.ExecutorService;

/**
 * What all parts need to speak to the servers.
 *
 * @param threads virtual ones, which wait for servers
 */
record Connections(
        HttpCalls calls,
        ReplicaPool pool,
        Backoff backoff,
        OpenAiMetrics metrics,
        ExecutorService threads,
        InstantSource clock) {}
