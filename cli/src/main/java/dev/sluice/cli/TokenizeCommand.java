package dev.sluice.cli;

import dev.sluice.TokenizerFile;
import dev.sluice.TokenizerFile.Recognise;
import dev.sluice.error.InvalidRequestException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice tokenize}: the tokens of a text. */
final class TokenizeCommand implements Callable<Integer> {
    private @Nullable String text;
    private final ModelOption model = new ModelOption();
    private Recognise recognise = Recognise.ALL;
    private boolean idsOnly;
    private boolean jsonLines;
    private final HelpFlags help = new HelpFlags();

    private final Console console;

    TokenizeCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("tokenize");
        spec.usageMessage()
                .header("Shows the tokens of a text.")
                .description(
                        "",
                        "Needs the tokenizer.json of a model folder and none of its weights.",
                        "  sluice tokenize \"To be, or not to be\"",
                        "  sluice tokenize --ids @story.txt | wc -w",
                        "  echo '{\"text\":\"a<think>b\",\"allowed_special\":\"none\"}' | sluice tokenize --jsonl",
                        "");
        Flags flags = new Flags(spec);
        flags.argument("TEXT", "0..1", "The text. - reads standard input, @FILE a file; without it a pipe is read.")
                .value(String.class, given -> text = given);
        model.addTo(flags);
        flags.option(
                        "--allowed-special=all|nonspecial|none",
                        "Which added tokens are recognised in the text: all, those that do not control the model such as"
                                + " <think>, or none. Default: all.")
                .value(Recognise.class, recognise, given -> recognise = given);
        flags.option("--ids", "The ids only, on one line.").flag(on -> idsOnly = on);
        flags.option(
                        "--jsonl",
                        "Standard input has one object a line, {\"text\":\"...\",\"allowed_special\":\"all\"}; each is answered"
                                + " by a line {\"ids\":[...]} or {\"error\":\"...\"}.")
                .flag(on -> jsonLines = on);
        help.addTo(flags);
        return spec;
    }

    @Override
    public Integer call() {
        if (jsonLines && text != null) {
            throw new InvalidRequestException("--jsonl reads standard input, and TEXT was given too; leave one out");
        }
        String input = jsonLines ? "" : text();
        TokenizerFile tokenizer = TokenizerFile.open(model.folder(console));
        if (jsonLines) {
            JsonLines.serve(console, question -> answer(tokenizer, question));
            return ExitCode.OK;
        }
        List<Integer> ids = tokenizer.encode(input, recognise);
        console.text(idsOnly ? line(ids) : table(tokenizer, ids));
        if (!idsOnly) {
            console.err().println("sluice: " + Sizes.number(ids.size(), "token"));
        }
        return ExitCode.OK;
    }

    private String text() {
        if (text != null) {
            return TextSource.argument(text, console.in());
        }
        if (console.inTerminal()) {
            throw new InvalidRequestException("no text: sluice tokenize \"...\", or pipe one in");
        }
        return TextSource.stream(console.in());
    }

    private Map<String, ?> answer(TokenizerFile tokenizer, Map<String, @Nullable Object> question) {
        if (!(question.get("text") instanceof String line)) {
            throw new InvalidRequestException("text is missing or no string; expected {\"text\":\"...\"}");
        }
        Object which = question.get("allowed_special");
        return Map.of("ids", tokenizer.encode(line, which == null ? recognise : recognise(which)));
    }

    private static Recognise recognise(Object value) {
        return switch (String.valueOf(value)) {
            case "all" -> Recognise.ALL;
            case "nonspecial" -> Recognise.NONSPECIAL;
            case "none" -> Recognise.NONE;
            default ->
                throw new InvalidRequestException(
                        "allowed_special is " + value + ", expected \"all\", \"nonspecial\" or \"none\"");
        };
    }

    private static String line(List<Integer> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(" ")) + "\n";
    }

    private static String table(TokenizerFile tokenizer, List<Integer> ids) {
        StringBuilder out = new StringBuilder();
        for (int id : ids) {
            out.append(String.format(Locale.ROOT, "%8d  %s%n", id, quoted(tokenizer.piece(id))));
        }
        return out.toString();
    }

    /** Quotes show the spaces; what would break the line or drive the terminal is escaped. */
    private static String quoted(String piece) {
        StringBuilder out = new StringBuilder("\"");
        piece.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                        out.append(String.format("\\u{%x}", c));
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        return out.append('"').toString();
    }
}
