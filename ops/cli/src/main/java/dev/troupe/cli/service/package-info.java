/** Runs one service as it runs in production. */
@NullMarked
package dev.troupe.cli.service;

import org.jspecify.annotations.NullMarked;
