package dev.sluice.text;

import dev.sluice.error.InvalidRequestException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * Reads a saved conversation: {@code {"messages":[{"role":…,"content":…,"reasoning_content":…}]}}. What is unknown is
 * refused with its line, because a message that is half understood would change what was said.
 */
public final class ConversationReader {
    private static final Set<String> ROLES = Set.of("system", "user", "assistant");
    private static final int MAX_MESSAGES = 100_000;

    private final JsonParser parser;
    private final List<ChatMessage> messages = new ArrayList<>();

    private ConversationReader(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * The messages of a file.
     *
     * @throws InvalidRequestException it is no JSON, exceeds a limit, or holds something else; the message says in which
     *     line
     */
    public static List<ChatMessage> read(String json) {
        try (JsonParser parser = JsonReader.FACTORY.createParser(ObjectReadContext.empty(), new StringReader(json))) {
            return new ConversationReader(parser).conversation();
        } catch (JacksonException e) {
            throw JsonReader.invalid(e);
        }
    }

    private List<ChatMessage> conversation() {
        expect(parser.nextToken(), JsonToken.START_OBJECT, "an object with \"messages\"");
        boolean found = false;
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            if (!name.equals("messages")) {
                throw refusal("unknown key \"" + name + "\", expected \"messages\"");
            }
            found = true;
            messages();
        }
        if (!found) {
            throw refusal("no \"messages\"");
        }
        if (parser.nextToken() != null) {
            throw refusal("text after the end of the conversation");
        }
        return messages;
    }

    private void messages() {
        expect(parser.nextToken(), JsonToken.START_ARRAY, "an array of messages");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser.currentToken(), JsonToken.START_OBJECT, "a message");
            if (messages.size() == MAX_MESSAGES) {
                throw refusal("more than " + MAX_MESSAGES + " messages");
            }
            messages.add(message());
        }
    }

    private ChatMessage message() {
        String role = null;
        String content = null;
        String reasoning = null;
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            switch (name) {
                case "role" -> role = role();
                case "content" -> content = string("the content of a message");
                case "reasoning_content" -> reasoning = string("the reasoning of a message");
                default ->
                    throw refusal("unknown key \"" + name
                            + "\" in a message, expected \"role\", \"content\" or \"reasoning_content\"");
            }
        }
        if (role == null || content == null) {
            throw refusal("a message without \"" + (role == null ? "role" : "content") + "\"");
        }
        if (role.equals("system") && !messages.isEmpty()) {
            throw refusal("a system message after others, expected it first");
        }
        return new ChatMessage(role, content, reasoning, List.of());
    }

    private String role() {
        String role = string("the role of a message");
        if (!ROLES.contains(role)) {
            throw refusal("role \"" + role + "\", expected system, user or assistant");
        }
        return role;
    }

    private String string(String what) {
        expect(parser.nextToken(), JsonToken.VALUE_STRING, "a string, " + what);
        return JsonReader.string(parser);
    }

    private void expect(@Nullable JsonToken found, JsonToken expected, String what) {
        if (found != expected) {
            throw refusal((found == null ? "it ends" : "found " + found.name().toLowerCase(Locale.ROOT)) + ", expected "
                    + what);
        }
    }

    private InvalidRequestException refusal(String problem) {
        return new InvalidRequestException(
                "line " + parser.currentTokenLocation().getLineNr() + ": " + problem);
    }
}
