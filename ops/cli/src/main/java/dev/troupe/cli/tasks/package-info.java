/** Feeding tasks from JSONL files. */
@NullMarked
package dev.troupe.cli.tasks;

import org.jspecify.annotations.NullMarked;
