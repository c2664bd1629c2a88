/** Which versions there are, and which of them agents are to serve. */
@NullMarked
package dev.troupe.cli.versions;

import org.jspecify.annotations.NullMarked;
