/** The subset of Jinja that chat templates use; it remembers which characters of its output came from outside. */
@NullMarked
package dev.troupe.policy.template;

import org.jspecify.annotations.NullMarked;
