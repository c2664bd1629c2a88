/** Kills the services at random while they work, and proves afterwards that nothing was lost or done twice. */
@NullMarked
package dev.troupe.cli.chaos;

import org.jspecify.annotations.NullMarked;
