/** Training the recorded groups once more. */
@NullMarked
package dev.troupe.cli.replay;

import org.jspecify.annotations.NullMarked;
