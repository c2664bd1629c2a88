/** What every benchmark command has. */
@NullMarked
package dev.troupe.cli.bench.frame;

import org.jspecify.annotations.NullMarked;
