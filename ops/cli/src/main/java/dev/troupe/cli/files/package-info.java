/** What is done to files that no library does. */
@NullMarked
package dev.troupe.cli.files;

import org.jspecify.annotations.NullMarked;
