/** Checkpoints as content-addressed directories, verified file by file before anybody loads them. */
@NullMarked
package dev.troupe.runtime.artifact;

import org.jspecify.annotations.NullMarked;
