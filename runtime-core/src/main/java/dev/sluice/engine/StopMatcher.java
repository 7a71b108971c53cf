package dev.sluice.engine;

import dev.sluice.error.InvalidRequestException;
import java.util.List;

/**
 * Finds stop strings in text that arrives in pieces, and never lets any part of one out: text that may be the beginning
 * of a stop string is held back until it is clear.
 *
 * <p>The stop string that is complete first wins, the longest of those that are complete at the same character. So the
 * result does not depend on where one piece ends and the next begins.
 */
public final class StopMatcher {
    /** Most stop strings. */
    public static final int MAX_STOPS = 16;
    /** Longest stop string, in UTF-16 units. */
    public static final int MAX_LENGTH = 256;

    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    public StopMatcher(List<String> stops) {
        if (stops.size() > MAX_STOPS) {
            throw new InvalidRequestException(stops.size() + " stop strings are given, expected at most " + MAX_STOPS);
        }
        for (String stop : stops) {
            if (stop.isEmpty() || stop.length() > MAX_LENGTH) {
                throw new InvalidRequestException(
                        "a stop string has " + stop.length() + " characters, expected 1 to " + MAX_LENGTH);
            }
        }
        this.stops = List.copyOf(stops);
    }

    /** Takes the next piece; returns the text that is free to go out. After a stop string that is always empty. */
    public String append(String piece) {
        if (stopped || stops.isEmpty()) {
            return stopped ? "" : piece;
        }
        int from = held.length();
        held.append(piece);
        for (int end = from + 1; end <= held.length(); end++) {
            int start = matchEndingAt(end);
            if (start >= 0) {
                stopped = true;
                return release(start);
            }
        }
        return release(held.length() - longestOpenEnd());
    }

    /** A stop string has been found. */
    public boolean stopped() {
        return stopped;
    }

    /** The text still held back, once nothing more will come; empty after a stop string. */
    public String finish() {
        return stopped ? "" : release(held.length());
    }

    private String release(int length) {
        String out = held.substring(0, length);
        held.delete(0, length);
        return out;
    }

    private int matchEndingAt(int end) {
        int first = -1;
        for (String stop : stops) {
            int start = end - stop.length();
            if (start >= 0 && (first < 0 || start < first) && matches(stop, start, stop.length())) {
                first = start;
            }
        }
        return first;
    }

    /** Length of the longest end of the held text that begins a stop string. */
    private int longestOpenEnd() {
        for (int length = Math.min(held.length(), MAX_LENGTH - 1); length > 0; length--) {
            for (String stop : stops) {
                if (length < stop.length() && matches(stop, held.length() - length, length)) {
                    return length;
                }
            }
        }
        return 0;
    }

    private boolean matches(String stop, int at, int length) {
        for (int i = 0; i < length; i++) {
            if (held.charAt(at + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
