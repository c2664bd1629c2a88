/** The language-model policy: a Llama decoder on DJL for training and for serving, its tokenizer and its files. */
@NullMarked
package dev.troupe.policy;

import org.jspecify.annotations.NullMarked;
