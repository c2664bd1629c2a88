/** Kafka and a schema registry inside this process, for local mode and integration tests. */
@NullMarked
package dev.troupe.local;

import org.jspecify.annotations.NullMarked;
