/** What a service is to the process that runs it, and the order in which services start and stop. */
@NullMarked
package dev.troupe.runtime.lifecycle;

import org.jspecify.annotations.NullMarked;
