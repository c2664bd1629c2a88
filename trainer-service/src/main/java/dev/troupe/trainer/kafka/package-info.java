/** Groups in, and one transaction out for each step. */
@NullMarked
package dev.troupe.trainer.kafka;

import org.jspecify.annotations.NullMarked;
