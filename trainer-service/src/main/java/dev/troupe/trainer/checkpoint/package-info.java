/** Model versions on disk: what the trainer needs to go on as if it had never stopped. */
@NullMarked
package dev.troupe.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
