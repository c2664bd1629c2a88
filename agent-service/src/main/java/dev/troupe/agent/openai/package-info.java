/** Policies that servers with OpenAI's API sample: completions, adapters that come and go, servers that fail. */
@NullMarked
package dev.troupe.agent.openai;

import org.jspecify.annotations.NullMarked;
