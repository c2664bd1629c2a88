/** Random and mutated records for every topic. */
@NullMarked
package dev.troupe.cli.fuzz;

import org.jspecify.annotations.NullMarked;
