package dev.sluice.tools.bench;

import java.util.List;
import java.util.stream.DoubleStream;

/** Mean and standard deviation of a sample, the latter 0 for fewer than two values (as llama-bench prints them). */
record Rates(double mean, double deviation) {
    static Rates of(DoubleStream values) {
        double[] all = values.toArray();
        if (all.length == 0) {
            return new Rates(Double.NaN, 0);
        }
        double mean = DoubleStream.of(all).average().orElseThrow();
        if (all.length == 1) {
            return new Rates(mean, 0);
        }
        double squares = DoubleStream.of(all).map(v -> (v - mean) * (v - mean)).sum();
        return new Rates(mean, Math.sqrt(squares / (all.length - 1)));
    }

    static Rates ofLongs(List<Long> values) {
        return of(values.stream().mapToDouble(Long::doubleValue));
    }
}
