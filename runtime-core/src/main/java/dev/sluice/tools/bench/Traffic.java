package dev.sluice.tools.bench;

import dev.sluice.kernels.probe.UnpackProbe.Form;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a phase of a workload must at least move and compute. A lower bound by design: each matrix is read once a step,
 * states are read and written once, cached keys and values are read once a step.
 */
public final class Traffic {
    private long weights;
    private long experts;
    private long state;
    private long kv;
    private double flops;
    private final Map<Form, Long> codes = new EnumMap<>(Form.class);

    Traffic() {}

    /** Adds passes over matrices of this form, of which {@code stored} bytes are codes and the rest scales and biases. */
    void read(Form form, long bytes, long stored, double times, boolean expert) {
        long all = Math.round(bytes * times);
        if (expert) {
            experts += all;
        } else {
            weights += all;
        }
        codes.merge(form, Math.round(stored * times), Long::sum);
    }

    void rows(long bytes) {
        weights += bytes;
    }

    void state(long bytes) {
        state += bytes;
    }

    void kv(long bytes) {
        kv += bytes;
    }

    void compute(double operations) {
        flops += operations;
    }

    /** Bytes of matrices that every token uses, embedding rows included. */
    public long weights() {
        return weights;
    }

    /** Bytes of the chosen experts. */
    public long experts() {
        return experts;
    }

    /** Bytes of recurrent and convolution states, read and written. */
    public long state() {
        return state;
    }

    /** Bytes of keys and values, read and written. */
    public long kv() {
        return kv;
    }

    /** All bytes. */
    public long bytes() {
        return weights + experts + state + kv;
    }

    /** Floating-point operations, a multiply-add counted as two. */
    public double flops() {
        return flops;
    }

    /** Stored codes that are unpacked, in bytes. */
    public Map<Form, Long> codes() {
        return Map.copyOf(codes);
    }

    /** This and {@code other} together. */
    Traffic plus(Traffic other) {
        Traffic sum = new Traffic();
        for (Traffic part : new Traffic[] {this, other}) {
            sum.weights += part.weights;
            sum.experts += part.experts;
            sum.state += part.state;
            sum.kv += part.kv;
            sum.flops += part.flops;
            part.codes.forEach((form, bytes) -> sum.codes.merge(form, bytes, Long::sum));
        }
        return sum;
    }
}
