/** The coding environment: a helper and a main author write Python functions, hidden asserts decide. */
@NullMarked
package dev.troupe.reward.coding;

import org.jspecify.annotations.NullMarked;
