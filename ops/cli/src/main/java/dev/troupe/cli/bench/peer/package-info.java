/** The other side of a benchmark: its process, and how its rounds compare with ours. */
@NullMarked
package dev.troupe.cli.bench.peer;

import org.jspecify.annotations.NullMarked;
