/** The reward service: coordinator and judges in one service. */
@NullMarked
package dev.troupe.reward;

import org.jspecify.annotations.NullMarked;
