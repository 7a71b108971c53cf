package dev.sluice;

import org.jspecify.annotations.Nullable;

/**
 * One turn of a conversation. Content is text only: control tokens in it are not recognised.
 *
 * @param role as the model's chat template knows it: system, user, assistant
 * @param reasoning what an assistant thought before it answered; templates decide whether the model sees it again
 */
public record Message(String role, String content, @Nullable String reasoning) {
    public static Message system(String content) {
        return new Message("system", content, null);
    }

    public static Message user(String content) {
        return new Message("user", content, null);
    }

    public static Message assistant(String content) {
        return new Message("assistant", content, null);
    }
}
