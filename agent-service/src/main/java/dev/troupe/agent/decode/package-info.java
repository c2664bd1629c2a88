/** Turns that come and go are decoded together, by as few threads as there are cores to spare. */
@NullMarked
package dev.troupe.agent.decode;

import org.jspecify.annotations.NullMarked;
