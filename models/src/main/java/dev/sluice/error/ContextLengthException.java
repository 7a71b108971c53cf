package dev.sluice.error;

/** A prompt, with the answer asked for, is longer than the context: the message has all the numbers. CLI exit code 2. */
public class ContextLengthException extends InvalidRequestException {
    private static final long serialVersionUID = 1L;

    private final int promptTokens;
    private final int contextLength;

    /**
     * @param promptTokens tokens of the prompt
     * @param contextLength tokens the model was loaded for, prompt and answer together
     */
    public ContextLengthException(String message, int promptTokens, int contextLength) {
        super(message);
        this.promptTokens = promptTokens;
        this.contextLength = contextLength;
    }

    public int promptTokens() {
        return promptTokens;
    }

    public int contextLength() {
        return contextLength;
    }
}
