package dev.sluice.cpu;

/** Mixes tokens: {@code pass.output = mixer(pass.input)}, and the layer's state moves on. */
sealed interface Mixer permits GatedDeltaNet, GatedAttention {
    void forward(Pass pass);
}
