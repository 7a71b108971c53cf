/** Runs a model: CPU backend, text, engine, and the public Java API in {@code dev.sluice}. */
module dev.sluice.runtime {
    requires transitive dev.sluice.models;
    requires java.management;
    requires jdk.management;
    requires tools.jackson.core;
    requires static org.jspecify;

    exports dev.sluice;
    exports dev.sluice.text;
    exports dev.sluice.tools;
    exports dev.sluice.tools.bench;
}
