package dev.sluice.cli;

import dev.sluice.FinishReason;
import dev.sluice.Message;
import dev.sluice.Options;
import dev.sluice.Prompt;
import dev.sluice.error.InvalidRequestException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice run}: one prompt, one answer. */
final class RunCommand implements Callable<Integer> {
    private @Nullable String argument;
    private @Nullable String prompt;
    private @Nullable Path file;
    private @Nullable String system;
    private boolean raw;
    private final ModelFlags model = new ModelFlags();
    private final SamplingFlags sampling = new SamplingFlags();
    private final OutputFlags output = new OutputFlags();

    private final Console console;

    RunCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("run").aliases("generate");
        spec.usageMessage()
                .header("Answers one prompt.")
                .description(
                        "",
                        "The answer is the only thing on standard output, so it can be piped:",
                        "  sluice run \"Write a story about a boat.\" > story.txt",
                        "  git diff | sluice run -m ~/models/qwen -s \"Review this change.\"",
                        "");
        Flags flags = new Flags(spec);
        flags.argument(
                        "PROMPT",
                        "0..1",
                        "The question. - reads standard input, @FILE a file; without it a pipe is read.")
                .value(String.class, given -> argument = given);
        flags.option("-p, --prompt=TEXT", "The question, as PROMPT.").value(String.class, given -> prompt = given);
        flags.option("-f, --file=FILE", "A file with the question.").value(Path.class, given -> file = given);
        flags.option("-s, --system=TEXT", "A system message before the question; @FILE reads a file.")
                .value(String.class, given -> system = given);
        flags.option(
                        "--raw",
                        "No chat template: the model continues the text, in which control tokens such as <|im_start|> are"
                                + " recognised. Do not use it with text of others.")
                .flag(on -> raw = on);
        model.addTo(flags);
        sampling.addTo(flags);
        output.addTo(flags);
        return spec;
    }

    @Override
    public Integer call() {
        Options options = sampling.options();
        Prompt question = question();
        try (Session session = Session.open(console, model, output)) {
            FinishReason reason =
                    session.show(() -> session.model().generate(question, options), console.outTerminal());
            if (reason == FinishReason.LENGTH && options.maxTokens() == null && !output.quiet) {
                console.sayWrapped("sluice: " + session.contextFull());
            }
            return reason == FinishReason.CANCELLED ? ExitCode.INTERRUPTED : ExitCode.OK;
        }
    }

    private Prompt question() {
        String text = text();
        if (raw) {
            if (system != null) {
                throw new InvalidRequestException("--raw and --system exclude each other: raw text has no roles");
            }
            return Prompt.raw(text);
        }
        if (text.isBlank()) {
            throw new InvalidRequestException("the prompt is empty; give a text, as in sluice run \"...\"");
        }
        List<Message> messages = new ArrayList<>();
        if (system != null) {
            messages.add(Message.system(TextSource.argument(system, console.in())));
        }
        messages.add(Message.user(text));
        return new Prompt.Conversation(messages);
    }

    private String text() {
        int given = (argument == null ? 0 : 1) + (prompt == null ? 0 : 1) + (file == null ? 0 : 1);
        if (given > 1) {
            throw new InvalidRequestException("more than one prompt: give PROMPT, --prompt or --file");
        }
        if (file != null) {
            return TextSource.file(file);
        }
        String text = argument != null ? argument : prompt;
        if (text != null) {
            return TextSource.argument(text, console.in());
        }
        if (console.inTerminal()) {
            throw new InvalidRequestException(
                    "no prompt: sluice run \"...\", or pipe one in; sluice chat starts a conversation");
        }
        return TextSource.stream(console.in());
    }
}
