/** What an environment is: roles, first observations and the judgement of a joint action. */
@NullMarked
package dev.troupe.reward.environment;

import org.jspecify.annotations.NullMarked;
