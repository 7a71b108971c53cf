package dev.sluice.backend;

import dev.sluice.kernels.Rows;

/**
 * Receives intermediate results by name: {@code hidden.3}, {@code hidden.final_norm}, {@code tap.layers.3.mixer},
 * {@code tap.layers.3.mlp}, {@code router.layers.3.indices} and {@code .weights}. Called on the engine thread while a
 * step runs; the memory is valid during the call only.
 */
public interface TapListener {
    /** {@code tokens} rows of {@code width} floats, the first one at absolute position {@code position}. */
    void rows(String name, int entry, int position, Rows data, int first, int tokens, int width);

    /** The experts of {@code tokens} tokens: {@code topK} indices and weights each, from {@code from} on. */
    void router(String layer, int entry, int position, int[] indices, float[] weights, int from, int tokens, int topK);
}
