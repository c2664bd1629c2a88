/** What is shown on a terminal and typed there, in one way for all commands. */
@NullMarked
package dev.troupe.cli.terminal;

import org.jspecify.annotations.NullMarked;
