package dev.troupe.schemas;

import dev.troupe.schemas.avro.ModelActivation;
import java.util.HashMap;
import java.util.Map;

/** What an agent serves, by its words on {@code model-activations}. */
public final class Serving {

    private Serving() {}

    /**
     * The versions by policy that an agent serves after a word of it.
     *
     * @param before those after its words before; of use only where a word is so old that it tells of one policy alone
     */
    public static Map<String, Integer> after(Map<String, Integer> before, ModelActivation word) {
        Map<String, Integer> all = word.getServing();
        if (all != null) {
            return Map.copyOf(all);
        }
        var served = new HashMap<>(before);
        Integer version =
                switch (word.getStatus()) {
                    case ACTIVE -> Integer.valueOf(word.getVersion());
                    // What it served when it refused, it serves on.
                    case REFUSED -> word.getPrevious();
                };
        if (version == null) {
            served.remove(word.getPolicyId());
        } else {
            served.put(word.getPolicyId(), version);
        }
        return Map.copyOf(served);
    }
}
