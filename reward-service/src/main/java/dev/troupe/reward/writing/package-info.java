/** The writing environment: two authors write a short and a detailed summary side by side. */
@NullMarked
package dev.troupe.reward.writing;

import org.jspecify.annotations.NullMarked;
