/** Time travel: past episodes judged again with other weights or by another scorer, and what that does to rankings. */
@NullMarked
package dev.troupe.reward.rescore;

import org.jspecify.annotations.NullMarked;
