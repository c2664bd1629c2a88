/** The agent: takes turns, plays roles with the newest policies, publishes what it did. */
@NullMarked
package dev.troupe.agent;

import org.jspecify.annotations.NullMarked;
