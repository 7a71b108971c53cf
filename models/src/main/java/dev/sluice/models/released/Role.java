package dev.sluice.models.released;

/** What a tensor does in the model; its spread and its stored form follow from that. */
public enum Role {
    EMBEDDING,
    HEAD,
    /** Reads normalised activations or a hidden layer of the mixer or MLP. */
    PROJECTION,
    /** Its result is added to the residual stream: {@code o_proj}, {@code out_proj}, {@code down_proj}. */
    RESIDUAL,
    ROUTER,
    SHARED_GATE,
    /** {@code in_proj_a}, {@code in_proj_b} or both. */
    DELTA_GATE,
    /** {@code mtp.fc}. */
    DRAFT,
    /** A norm around 1. */
    NORM,
    /** A norm stored as its difference from 1. */
    ZERO_NORM,
    /** {@code A_log}. */
    DECAY,
    /** {@code dt_bias}. */
    TIME_STEP,
    CONVOLUTION;

    /** Whether official FP8 files hold it in FP8 ({@code spec/model.md} §6.1). */
    boolean inFp8() {
        return this == PROJECTION || this == RESIDUAL;
    }

    /** mlx-lm keeps these at 8 bit whatever the rest has ({@code spec/model.md} §6.8). */
    boolean alwaysEightBit() {
        return this == ROUTER || this == SHARED_GATE;
    }
}
