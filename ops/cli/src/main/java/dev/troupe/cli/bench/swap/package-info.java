/** Measures hot-load: versions that come and go under an agent that plays at saturation. */
@NullMarked
package dev.troupe.cli.bench.swap;

import org.jspecify.annotations.NullMarked;
