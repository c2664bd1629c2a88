/** Reading topics as JSON. */
@NullMarked
package dev.troupe.cli.tail;

import org.jspecify.annotations.NullMarked;
