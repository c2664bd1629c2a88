/** Makes the reference policy: learns a tokenizer and trains a small decoder on generated demonstrations. */
@NullMarked
package dev.troupe.cli.warmstart;

import org.jspecify.annotations.NullMarked;
