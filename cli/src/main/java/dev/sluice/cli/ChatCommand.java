package dev.sluice.cli;

import dev.sluice.Chat;
import dev.sluice.Message;
import dev.sluice.Options;
import dev.sluice.error.InvalidRequestException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice chat}: a conversation, one line a turn. */
@Command(name = "chat", header = "A conversation, one line a turn; /help lists its commands.", description = "")
final class ChatCommand implements Callable<Integer> {
    private static final String HELP = """
            /regen       another answer to the last question
            /undo        take back the last question and its answer
            /clear       begin again, with the same system message
            /system TEXT set the system message and begin again
            /help        this text
            /exit        leave; so does Ctrl-D""";

    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "TEXT",
            description = "The first question.")
    @Nullable
    String prompt;

    @Option(
            names = {"-s", "--system"},
            paramLabel = "TEXT",
            description = "A system message; @FILE reads a file.")
    @Nullable
    String system;

    @Mixin
    ModelFlags model = new ModelFlags();

    @Mixin
    SamplingFlags sampling = new SamplingFlags();

    @Mixin
    OutputFlags output = new OutputFlags();

    private final Console console;

    ChatCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Options options = sampling.options();
        List<Message> start =
                system == null ? List.of() : List.of(Message.system(TextSource.argument(system, console.in())));
        var lines = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
        try (Session session = Session.open(console, model, output);
                Chat chat = session.model().chat(start)) {
            greet(session);
            Turns turns = new Turns(session, chat, options);
            boolean more = prompt == null || turns.turn(prompt);
            while (more) {
                String line = read(lines);
                more = line != null && turns.turn(line);
            }
            return ExitCode.OK;
        }
    }

    private void greet(Session session) {
        if (console.errTerminal() && !output.quiet) {
            var info = session.model().info();
            console.err().printf("%s, context %,d tokens; /help%n", info.folder(), info.contextLength());
        }
    }

    private @Nullable String read(BufferedReader lines) throws IOException {
        if (console.inTerminal() && console.errTerminal()) {
            console.err().print("> ");
            console.err().flush();
        }
        return lines.readLine();
    }

    /** What the lines do. */
    private final class Turns {
        private final Session session;
        private final Chat chat;
        private final Options options;

        Turns(Session session, Chat chat, Options options) {
            this.session = session;
            this.chat = chat;
            this.options = options;
        }

        /** False when the conversation is over. */
        boolean turn(String line) {
            try {
                return line.startsWith("/") ? command(line.strip()) : line.isBlank() || say(line);
            } catch (InvalidRequestException e) { // the conversation is as it was and can go on
                console.err().println("sluice: " + e.getMessage());
                return true;
            }
        }

        /** An answer cut short by Ctrl-C stays in the conversation, which goes on. */
        private boolean say(String text) {
            session.show(() -> chat.send(text, options));
            return true;
        }

        private boolean command(String line) {
            String name = line.split("\\s", 2)[0];
            String rest = line.substring(name.length()).strip();
            switch (name) {
                case "/exit", "/bye", "/quit" -> {
                    return false;
                }
                case "/regen" -> session.show(() -> chat.regenerate(options));
                case "/undo" -> console.err().println(chat.undo() ? "taken back" : "nothing to take back");
                case "/clear" -> chat.messages(systemOf(chat.messages()));
                case "/system" -> chat.messages(rest.isEmpty() ? List.of() : List.of(Message.system(rest)));
                case "/help" -> console.err().println(HELP);
                default ->
                    throw new InvalidRequestException(
                            name + " is no command; /help lists them. A line that begins with a"
                                    + " slash cannot be a question");
            }
            return true;
        }

        private static List<Message> systemOf(List<Message> messages) {
            List<Message> out = new ArrayList<>(messages);
            out.removeIf(message -> !message.role().equals("system"));
            return out;
        }
    }
}
