/** Rules that every module's code keeps. */
@NullMarked
package dev.troupe.runtime;

import org.jspecify.annotations.NullMarked;
