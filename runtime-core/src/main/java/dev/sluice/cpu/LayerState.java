package dev.sluice.cpu;

import dev.sluice.kernels.KvPages;

/** What a layer remembers of a sequence. */
sealed interface LayerState {
    /** Keys and values of an attention layer. */
    record Cache(KvPages kv) implements LayerState {}

    /** Recurrent and convolution state of a DeltaNet layer. */
    record Recurrent(DeltaState state) implements LayerState {}
}
