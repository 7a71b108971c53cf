package dev.sluice.kernels;

/**
 * Depthwise causal convolution over time followed by SiLU ({@code spec/model.md} §3.6 step 2):
 * {@code y[t, c] = silu(sum_j w[c, j] * x[t - (K-1) + j, c])}, taps ascending by fused multiply-add from 0.
 */
public interface CausalConv {
    /**
     * Filters {@code tokens} rows for {@code channels} consecutive channels and advances their state.
     *
     * @param x raw rows; channel {@code c} of row {@code xFirst + t} is at {@code x.row(xFirst + t) + xColumn + c}
     * @param y receives row {@code yFirst + t}, same channel order, from {@code yColumn}; not the memory of {@code x}
     * @param weights {@code [K, stride]}: tap {@code j} (0 oldest) of channel {@code c} at
     *     {@code j * weightStride + weightColumn + c}
     * @param state the last {@code K-1} raw rows, oldest first: {@code [K-1, weightStride]}, same columns; replaced by
     *     the last {@code K-1} rows of {@code [state; x]}
     * @param columns {@code weightColumn} is the first channel, also in the state
     */
    void run(
            Rows x,
            int xFirst,
            int xColumn,
            Rows y,
            int yFirst,
            int yColumn,
            int tokens,
            F32 weights,
            F32 state,
            long stateAt,
            Channels columns);

    /**
     * Which channels, and the shape of weights and state.
     *
     * @param from first channel in weights and state
     * @param count number of channels
     * @param total channels in all ({@code weightStride})
     * @param taps K, kernel width
     */
    record Channels(int from, int count, int total, int taps) {}
}
