/** Measures what Kafka costs: the whole pipeline beside one plain loop of the same parts. */
@NullMarked
package dev.troupe.cli.bench.loop;

import org.jspecify.annotations.NullMarked;
