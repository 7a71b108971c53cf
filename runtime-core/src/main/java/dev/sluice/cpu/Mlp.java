package dev.sluice.cpu;

/** The feed-forward part: {@code pass.output = mlp(pass.input)}. */
sealed interface Mlp permits DenseMlp, SparseMoe {
    void forward(Pass pass);
}
