package dev.sluice.cpu;

import dev.sluice.kernels.F32;

/** One decoder layer ({@code spec/model.md} §3.2). */
final class Block {
    private final F32 inputNorm;
    private final Mixer mixer;
    private final F32 postNorm;
    private final Mlp mlp;
    private final String mixerTap;
    private final String mlpTap;
    private final String hiddenTap;

    /** @param index the layer's number, for the names of its taps */
    Block(int index, F32 inputNorm, Mixer mixer, F32 postNorm, Mlp mlp) {
        this.inputNorm = inputNorm;
        this.mixer = mixer;
        this.postNorm = postNorm;
        this.mlp = mlp;
        this.mixerTap = "tap.layers." + index + ".mixer";
        this.mlpTap = "tap.layers." + index + ".mlp";
        this.hiddenTap = "hidden." + index;
    }

    void forward(Pass pass) {
        mix(pass);
        feed(pass);
    }

    /** The first half: tokens are mixed, and the layer's state moves on. */
    void mix(Pass pass) {
        pass.norm(inputNorm);
        mixer.forward(pass);
        pass.tap(mixerTap, pass.output());
        pass.add();
    }

    /** The second half: each token by itself. */
    void feed(Pass pass) {
        pass.norm(postNorm);
        mlp.forward(pass);
        pass.tap(mlpTap, pass.output());
        pass.add();
        pass.tap(hiddenTap, pass.hidden());
    }
}
