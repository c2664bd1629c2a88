/** The writing environment: authors write side by side, and their texts must fit together. */
@NullMarked
package dev.troupe.reward.writing;

import org.jspecify.annotations.NullMarked;
