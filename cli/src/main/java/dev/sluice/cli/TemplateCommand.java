package dev.sluice.cli;

import dev.sluice.ConversationTemplate;
import dev.sluice.Json;
import dev.sluice.error.InvalidRequestException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice template}: the prompt that a chat template makes of a conversation. */
final class TemplateCommand implements Callable<Integer> {
    private @Nullable String file;
    private final ModelOption model = new ModelOption();
    private @Nullable Path chatTemplate;
    private boolean jsonLines;
    private final HelpFlags help = new HelpFlags();

    private final Console console;

    TemplateCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("template");
        spec.usageMessage()
                .header("Renders a conversation with a model's chat template.")
                .description(
                        "",
                        "Needs the chat template of a model folder and none of its weights. A conversation is a JSON array of messages,"
                                + " rendered up to where the assistant begins to speak, or an object with all variables of the"
                                + " template: messages, tools, add_generation_prompt (false when absent), enable_thinking ...",
                        "  echo '[{\"role\":\"user\",\"content\":\"Hello\"}]' | sluice template",
                        "");
        Flags flags = new Flags(spec);
        flags.argument("FILE", "0..1", "JSON file with the conversation. - or nothing reads standard input.")
                .value(String.class, given -> file = given);
        model.addTo(flags);
        flags.option("--chat-template=FILE", "A Jinja template used in place of the model's own.")
                .value(Path.class, given -> chatTemplate = given);
        flags.option(
                        "--jsonl",
                        "Standard input has one object a line; each is answered by a line {\"text\":\"...\"} or"
                                + " {\"error\":\"...\"}.")
                .flag(on -> jsonLines = on);
        help.addTo(flags);
        return spec;
    }

    @Override
    public Integer call() {
        if (jsonLines && file != null) {
            throw new InvalidRequestException("--jsonl reads standard input, and FILE was given too; leave one out");
        }
        String replacement = chatTemplate == null ? null : TextSource.file(chatTemplate);
        ConversationTemplate template = ConversationTemplate.open(model.folder(console), replacement);
        if (jsonLines) {
            JsonLines.serve(console, question -> Map.of("text", template.render(question)));
        } else {
            console.text(template.render(variables(conversation())));
        }
        return ExitCode.OK;
    }

    private String conversation() {
        if (file != null && !file.equals("-")) {
            return TextSource.file(Path.of(file));
        }
        if (file == null && console.inTerminal()) {
            throw new InvalidRequestException("no conversation: sluice template FILE, or pipe one in");
        }
        return TextSource.stream(console.in());
    }

    private static Map<String, @Nullable Object> variables(String json) {
        return Json.parse(json) instanceof List<?> messages
                ? Map.of("messages", messages, "add_generation_prompt", true)
                : Json.object(json);
    }
}
