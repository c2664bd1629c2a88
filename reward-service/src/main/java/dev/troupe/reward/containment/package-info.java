/** Calls into environments: on threads of their own, within a time, and counted when they do not end. */
@NullMarked
package dev.troupe.reward.containment;

import org.jspecify.annotations.NullMarked;
