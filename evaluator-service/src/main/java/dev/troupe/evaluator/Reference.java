package dev.troupe.evaluator;

import dev.troupe.evaluator.play.Play;

/** What was played in another run, to compare with. */
record Reference(Benchmark benchmark, Play play) {}
