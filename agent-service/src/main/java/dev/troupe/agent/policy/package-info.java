/** Policies in memory: loaded beside each other, swapped while serving, closed after their last generation. */
@NullMarked
package dev.troupe.agent.policy;

import org.jspecify.annotations.NullMarked;
