/** The local endpoint for metrics and health. */
@NullMarked
package dev.troupe.runtime.http;

import org.jspecify.annotations.NullMarked;
