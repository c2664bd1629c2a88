/** Which policy plays which role of which team. */
@NullMarked
package dev.troupe.runtime.team;

import org.jspecify.annotations.NullMarked;
