package dev.sluice.cli;

import dev.sluice.Chat;
import dev.sluice.Message;
import dev.sluice.Options;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice chat}: a conversation, one line a turn. */
final class ChatCommand implements Callable<Integer> {
    private @Nullable String prompt;
    private @Nullable String system;
    private final ModelFlags model = new ModelFlags();
    private final SamplingFlags sampling = new SamplingFlags();
    private final OutputFlags output = new OutputFlags();

    private final Console console;

    ChatCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("chat");
        spec.usageMessage()
                .header("A conversation; /help lists its commands.")
                .description(
                        "",
                        "On a terminal lines are edited, completed with TAB, and remembered in"
                                + " ~/.local/state/sluice/history (XDG_STATE_HOME moves it; lines that begin with a blank are not"
                                + " kept). From a pipe each line is a turn, and the exit code is that of the first one that failed.",
                        "");
        Flags flags = new Flags(spec);
        flags.option("-p, --prompt=TEXT", "The first question.").value(String.class, given -> prompt = given);
        flags.option("-s, --system=TEXT", "A system message; @FILE reads a file.")
                .value(String.class, given -> system = given);
        model.addTo(flags);
        sampling.addTo(flags);
        output.addTo(flags);
        return spec;
    }

    @Override
    public Integer call() {
        Options options = sampling.options();
        List<Message> start =
                system == null ? List.of() : List.of(Message.system(TextSource.argument(system, console.in())));
        ChatSettings settings = new ChatSettings(options, output);
        try (Session session = Session.open(console, model, output);
                Chat chat = session.model().chat(start);
                Lines lines = lines(settings)) {
            greet(session);
            Conversation conversation = new Conversation(console, session, chat, settings, output);
            String entered = prompt == null ? lines.next() : prompt;
            while (entered != null && !conversation.over()) {
                String turn = entered;
                lines.away(() -> conversation.turn(turn));
                entered = conversation.over() ? null : lines.next();
            }
            return console.inTerminal() ? ExitCode.OK : conversation.code(); // who sits there has seen what failed
        }
    }

    private Lines lines(ChatSettings settings) {
        if (!console.inTerminal() || !console.ansi()) {
            return new PlainLines(console);
        }
        try {
            LineHistory history = new LineHistory(console, LineHistory.place(console.environment()));
            return new EditedLines(console, console.screen().open(), history, new ChatCompletion(settings));
        } catch (IOException | IllegalStateException e) {
            console.sayWrapped("sluice: lines cannot be edited on this terminal: " + e.getMessage());
            return new PlainLines(console);
        }
    }

    private void greet(Session session) {
        if (console.errTerminal() && !output.quiet) {
            var info = session.model().info();
            console.sayWrapped(String.format(
                    Locale.ROOT,
                    "%s, context %,d tokens. /help lists the commands, Ctrl-D leaves.",
                    info.folder().getFileName(),
                    info.contextLength()));
        }
    }
}
