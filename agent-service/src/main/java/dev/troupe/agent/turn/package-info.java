/** Turns into actions. */
@NullMarked
package dev.troupe.agent.turn;

import org.jspecify.annotations.NullMarked;
