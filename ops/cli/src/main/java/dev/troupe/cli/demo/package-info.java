/** The demonstration: trains a team and a single agent on an embedded cluster and shows what came of it. */
@NullMarked
package dev.troupe.cli.demo;

import org.jspecify.annotations.NullMarked;
