/** What a terminal is given of what came from topics. */
@NullMarked
package dev.troupe.cli.terminal;

import org.jspecify.annotations.NullMarked;
