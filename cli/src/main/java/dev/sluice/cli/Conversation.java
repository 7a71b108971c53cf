package dev.sluice.cli;

import dev.sluice.Chat;
import dev.sluice.FinishReason;
import dev.sluice.Generation;
import dev.sluice.Message;
import dev.sluice.ModelInfo;
import dev.sluice.Options;
import dev.sluice.Prompt;
import dev.sluice.Transcript;
import dev.sluice.error.ContextLengthException;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.MemoryBudgetException;
import dev.sluice.error.ModelBrokenException;
import dev.sluice.error.SluiceException;
import dev.sluice.error.StorageException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What the turns of {@code sluice chat} do: questions and commands. */
final class Conversation {
    private static final double MIB = 1 << 20;

    private final Console console;
    private final Session session;
    private final Chat chat;
    private final ChatSettings settings;
    private final OutputFlags output;
    private final List<String> attached = new ArrayList<>();
    private int code = ExitCode.OK;
    private boolean over;
    private int again;

    Conversation(Console console, Session session, Chat chat, ChatSettings settings, OutputFlags output) {
        this.console = console;
        this.session = session;
        this.chat = chat;
        this.settings = settings;
        this.output = output;
    }

    /** Does what was entered; what cannot be done is told, and the conversation goes on. */
    void turn(String entered) {
        try {
            if (entered.startsWith("/")) {
                command(entered.strip());
            } else if (!entered.isBlank()) {
                say(Lines.unquoted(entered));
            }
        } catch (ContextLengthException e) {
            failed(e, "; in a conversation /undo takes back the last turn and /clear all of them");
        } catch (ModelBrokenException e) {
            failed(e, "; /save FILE still keeps this conversation");
        } catch (InvalidRequestException | StorageException | MemoryBudgetException e) {
            failed(e, "");
        }
    }

    private void failed(SluiceException e, String help) {
        console.sayWrapped("sluice: " + e.getMessage() + help);
        code = code == ExitCode.OK ? ExitCode.of(e) : code;
    }

    boolean over() {
        return over;
    }

    /** That of the first turn that failed. */
    int code() {
        return code;
    }

    private void say(String text) {
        String question = String.join("\n\n", attached) + (attached.isEmpty() ? "" : "\n\n") + text;
        show(() -> chat.send(question, settings.options()));
        attached.clear();
        again = 0;
    }

    /** A seed that was chosen goes on by one, so that the answer is another one and still can be had again. */
    private void regenerate() {
        Options options = settings.options();
        Long seed = options.seed();
        Options next = seed == null
                ? options
                : Options.builder().seed(seed + again + 1).build().orElse(options);
        show(() -> chat.regenerate(next));
        again++;
    }

    private void show(Supplier<Generation> start) {
        FinishReason reason = session.show(start, true);
        if (reason == FinishReason.LENGTH && settings.options().maxTokens() == null && !output.quiet) {
            console.sayWrapped(String.format(
                    Locale.ROOT,
                    "(the context of %,d tokens is full: /undo takes back this turn, /clear all of them)",
                    info().contextLength()));
        }
    }

    private void command(String line) {
        String word = line.split("\\s", 2)[0];
        String rest = line.substring(word.length()).strip();
        Slash slash = Slash.of(word)
                .orElseThrow(() -> new InvalidRequestException(word + " is no command"
                        + Suggestion.of(word, Slash.words())
                                .map(meant -> "; did you mean " + meant + "?")
                                .orElse(";")
                        + " /help lists them. A question that begins with a slash goes into \"\"\""));
        if (slash.argument() == Slash.Argument.NONE && !rest.isEmpty()) {
            throw new InvalidRequestException(word + " takes nothing after it, found " + rest);
        }
        switch (slash) {
            case HELP -> console.say(Slash.table(console.screen().columns()));
            case EXIT -> over = true;
            case CLEAR -> clear();
            case REGEN -> regenerate();
            case UNDO -> done(chat.undo() ? "taken back" : "nothing to take back");
            case SYSTEM -> system(rest);
            case SET -> set(rest);
            case SHOW -> show();
            case STATS -> told(session.stats(OutputFlags.Stats.line) ? "" : "no answer yet");
            case CONTEXT -> context();
            case THINK -> think(rest);
            case SAVE -> save(file(word, rest));
            case LOAD -> load(file(word, rest));
            case READ -> read(file(word, rest));
        }
    }

    /** One line that a command has been heard. */
    private void done(String text) {
        if (!output.quiet) {
            console.err().println(output.dimmed(console, PlainText.safe(console.wrapped(text))));
        }
    }

    private void told(String text) {
        if (!text.isEmpty()) {
            console.say(text);
        }
    }

    private void clear() {
        attached.clear();
        List<Message> kept = systemMessage();
        int gone = chat.messages().size() - kept.size();
        chat.messages(kept);
        done("cleared " + Sizes.number(gone, "message") + (kept.isEmpty() ? "" : "; the system message stays"));
    }

    private List<Message> systemMessage() {
        return chat.messages().stream()
                .filter(message -> message.role().equals("system"))
                .toList();
    }

    private void system(String text) {
        if (text.isEmpty()) {
            List<Message> now = systemMessage();
            told(now.isEmpty() ? "no system message" : now.getFirst().content());
            return;
        }
        List<Message> messages = new ArrayList<>(chat.messages());
        messages.removeAll(systemMessage());
        if (!text.equals("off")) {
            messages.addFirst(Message.system(Lines.unquoted(text)));
        }
        chat.messages(messages);
        done(text.equals("off") ? "no system message" : "system message set");
    }

    private void set(String arguments) {
        String[] words = arguments.split("\\s+", 2);
        if (words[0].isEmpty()) {
            console.sayWrapped("options: " + String.join(", ", settings.names()));
        } else if (words.length < 2) {
            throw new InvalidRequestException("/set " + words[0] + " needs a value, as in /set temp 0.5");
        } else {
            set(words[0], words[1]);
        }
    }

    private void set(String name, String value) {
        settings.set(name, value);
        done(settings.line(name, session.model().defaults()));
    }

    private void think(String value) {
        if (value.isEmpty()) {
            throw new InvalidRequestException("/think needs one of " + String.join(", ", settings.values("think")));
        }
        set("think", value);
    }

    private void show() {
        ModelInfo info = info();
        console.sayWrapped(String.format(
                Locale.ROOT,
                "%s: %s, %s kernels, context %,d of %,d tokens",
                info.folder(),
                info.modelType(),
                info.kernels(),
                info.contextLength(),
                info.nativeContext()));
        console.say(settings.table(session.model().defaults(), console.screen().columns()));
    }

    private void context() {
        ModelInfo info = info();
        List<Message> messages = chat.messages();
        int tokens = messages.isEmpty() ? 0 : tokens(messages);
        console.sayWrapped(String.format(
                Locale.ROOT,
                "%s, %,d of %,d tokens (%.0f %%), %.1f MiB of keys, values and states%s",
                Sizes.number(messages.size(), "message"),
                tokens,
                info.contextLength(),
                100.0 * tokens / info.contextLength(),
                (info.sequenceBytes() + info.tokenBytes() * tokens) / MIB,
                attached.isEmpty() ? "" : "; before the next question: " + Sizes.number(attached.size(), "file")));
    }

    private int tokens(List<Message> messages) {
        List<Message> asking = new ArrayList<>(messages);
        if (messages.stream().noneMatch(message -> message.role().equals("user"))) {
            asking.add(Message.user("")); // many templates render nothing without a question
        }
        return session.model()
                .encode(new Prompt.Conversation(asking), settings.options())
                .size();
    }

    private static Path file(String command, String typed) {
        if (typed.isEmpty()) {
            throw new InvalidRequestException(command + " needs the name of a file");
        }
        try {
            return TextSource.path(typed);
        } catch (InvalidPathException e) {
            throw new InvalidRequestException(typed + " cannot be the name of a file: " + e.getReason(), e);
        }
    }

    private void save(Path file) {
        if (Files.isRegularFile(file)) {
            refuseToReplaceWorkOfOthers(file);
        }
        Transcript transcript = new Transcript(chat.messages());
        transcript.save(file);
        done("saved " + Sizes.number(transcript.messages().size(), "message"));
    }

    private static void refuseToReplaceWorkOfOthers(Path file) {
        try {
            Transcript _ = Transcript.load(file);
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException(
                    file + " exists and is no saved conversation; give another name, nothing was written", e);
        }
    }

    private void load(Path file) {
        Transcript transcript = Transcript.load(file);
        chat.messages(transcript.messages());
        attached.clear();
        context();
    }

    private void read(Path file) {
        String text = TextSource.file(file);
        if (text.isBlank()) {
            throw new InvalidRequestException(file + " is empty; nothing was read");
        }
        attached.add(text);
        done(String.format(Locale.ROOT, "read %,d characters; they go before your next question", text.length()));
    }

    private ModelInfo info() {
        return session.model().info();
    }
}
