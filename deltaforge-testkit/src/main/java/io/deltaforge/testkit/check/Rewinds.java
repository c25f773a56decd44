package io.deltaforge.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What at-least-once means here: everything arrives, and a repetition is a rewind that overtakes nothing. */
public final class Rewinds {

    private Rewinds() {}

    /**
     * Fails unless everything arrived, in order, where what follows an element is its successor or an earlier element from
     * which all is repeated.
     *
     * @param what names the receiver in the failure
     * @param sent what was sent, without duplicates, in order
     * @param arrived what arrived
     * @param <T> what is compared by {@code equals}
     */
    public static <T> void assertRewindsOnly(String what, List<T> sent, List<T> arrived) {
        Map<T, Integer> places = new HashMap<>();
        for (T element : sent) {
            places.put(element, places.size());
        }
        assertThat(places).as("elements sent, each once").hasSameSizeAs(sent);
        int last = -1;
        for (T element : arrived) {
            Integer place = places.get(element);
            if (place == null) {
                throw new AssertionError(what + " holds " + element + ", which was never sent");
            }
            if (place > last + 1) {
                throw new AssertionError(what + " holds " + element + ", which is number " + place
                        + " of what was sent, just behind number " + last + "; between them is missing "
                        + sent.subList(last + 1, place));
            }
            last = place;
        }
        if (last != sent.size() - 1) {
            throw new AssertionError(what + " ends with number " + last + " of " + sent.size() + ", missing "
                    + sent.subList(last + 1, sent.size()));
        }
    }
}
