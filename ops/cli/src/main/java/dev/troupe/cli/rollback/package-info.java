/** Going back to an older model version. */
@NullMarked
package dev.troupe.cli.rollback;

import org.jspecify.annotations.NullMarked;
