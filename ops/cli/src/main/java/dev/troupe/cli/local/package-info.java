/** Everything in one JVM: broker, registry and the four services. */
@NullMarked
package dev.troupe.cli.local;

import org.jspecify.annotations.NullMarked;
