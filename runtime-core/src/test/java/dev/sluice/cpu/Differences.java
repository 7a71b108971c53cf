package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

/** Comparing arrays of floats. */
final class Differences {
    private Differences() {}

    /** Largest absolute difference; infinite when one of them is not a number. */
    static double max(float[] expected, float[] found) {
        assertThat(found).hasSameSizeAs(expected);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) expected[i] - found[i]);
            worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
        }
        return worst;
    }
}
