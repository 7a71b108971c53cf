/** What a model is: configuration to architecture, safetensors to weights. Computes nothing. */
module dev.sluice.models {
    requires transitive dev.sluice.kernels;
    requires tools.jackson.core;
    requires static org.jspecify;

    exports dev.sluice.error;
    exports dev.sluice.models;
    exports dev.sluice.models.checkpoint;
    exports dev.sluice.models.released;
}
