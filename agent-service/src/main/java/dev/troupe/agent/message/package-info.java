/** What a completion tells other roles, and what it answers. */
@NullMarked
package dev.troupe.agent.message;

import org.jspecify.annotations.NullMarked;
