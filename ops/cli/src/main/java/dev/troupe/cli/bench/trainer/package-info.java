/** GRPO steps, alone or side by side with TRL. */
@NullMarked
package dev.troupe.cli.bench.trainer;

import org.jspecify.annotations.NullMarked;
