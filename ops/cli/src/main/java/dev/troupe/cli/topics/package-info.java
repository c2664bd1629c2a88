/** Provisioning of topics, schemas and share groups. */
@NullMarked
package dev.troupe.cli.topics;

import org.jspecify.annotations.NullMarked;
