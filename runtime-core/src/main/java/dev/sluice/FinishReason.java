package dev.sluice;

/** Why a generation ended. */
public enum FinishReason {
    /** The model ended its answer. */
    STOP,
    /** The text reached one of {@link Options#stop}. */
    STOP_STRING,
    /** {@link Options#maxTokens} tokens, or the end of the context. */
    LENGTH,
    /** {@link Generation#cancel}, {@link Generation#close}, or an interrupt of the reading thread. */
    CANCELLED
}
