/** The contract between services: topics, their records, and how records travel as bytes. */
@NullMarked
package dev.troupe.schemas;

import org.jspecify.annotations.NullMarked;
