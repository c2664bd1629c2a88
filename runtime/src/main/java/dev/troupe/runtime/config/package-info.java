/** Settings of a service, from file, environment and command line, checked all at once. */
@NullMarked
package dev.troupe.runtime.config;

import org.jspecify.annotations.NullMarked;
