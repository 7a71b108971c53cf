package dev.sluice;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.StorageException;
import dev.sluice.text.ChatMessage;
import dev.sluice.text.ConversationReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A conversation as a file: one JSON object, a line for each message. The keys are those of chat requests, so the file
 * can be given to a chat template too.
 */
public record Transcript(List<Message> messages) {
    private static final int MAX_BYTES = 64 << 20;

    public Transcript {
        messages = List.copyOf(messages);
    }

    /**
     * Reads the text of a file.
     *
     * @throws InvalidRequestException it is no conversation; the message says in which line and what was expected
     */
    public static Transcript parse(String json) {
        return new Transcript(
                ConversationReader.read(json).stream().map(Transcript::message).toList());
    }

    /**
     * Reads a file of at most 64 MiB.
     *
     * @throws InvalidRequestException it is no conversation, or longer
     * @throws StorageException it cannot be read
     */
    public static Transcript load(Path file) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw new StorageException(file + " cannot be read: " + StorageException.reason(e), e);
        }
        if (bytes.length > MAX_BYTES) {
            throw new InvalidRequestException(
                    file + " is longer than " + MAX_BYTES + " bytes, expected a conversation");
        }
        try {
            return parse(StrictUtf8.decode(bytes));
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException(file + " is no saved conversation: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a file whole or not at all: until the new one is complete and on the disk, an older one stays as it was.
     * Readable by its owner only, where the file system knows owners.
     *
     * @throws StorageException it cannot be written; nothing has changed
     */
    public void save(Path file) {
        AtomicFile.write(file, json());
    }

    /** The text of the file. */
    public String json() {
        return messages.stream()
                .map(message -> new ChatMessage(message.role(), message.content(), message.reasoning(), List.of()))
                .map(message -> Json.write(message.fields()))
                .collect(Collectors.joining(",\n", "{\"messages\":[\n", "\n]}\n"));
    }

    private static Message message(ChatMessage message) {
        String content = message.content();
        return new Message(message.role(), content == null ? "" : content, message.reasoning());
    }
}
