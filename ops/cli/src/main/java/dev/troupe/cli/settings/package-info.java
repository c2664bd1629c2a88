/** Where commands that talk to a cluster take their settings from. */
@NullMarked
package dev.troupe.cli.settings;

import org.jspecify.annotations.NullMarked;
