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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice tokenize}: the tokens of a text. */
@Command(
        name = "tokenize",
        header = "Shows the tokens of a text.",
        description = {
            "",
            "Needs the tokenizer.json of a model folder and none of its weights.",
            "  sluice tokenize \"To be, or not to be\"",
            "  sluice tokenize --ids @story.txt | wc -w",
            "  echo '{\"text\":\"a<think>b\",\"allowed_special\":\"none\"}' | sluice tokenize --jsonl",
            ""
        })
final class TokenizeCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "TEXT",
            description = "The text. - reads standard input, @FILE a file; without it a pipe is read.")
    @Nullable
    String text;

    @Mixin
    ModelOption model = new ModelOption();

    @Option(
            names = "--allowed-special",
            paramLabel = "all|nonspecial|none",
            defaultValue = "all",
            description =
                    "Which added tokens are recognised in the text: all, those that do not control the model such as"
                            + " <think>, or none. Default: all.")
    Recognise recognise = Recognise.ALL;

    @Option(names = "--ids", description = "The ids only, on one line.")
    boolean idsOnly;

    @Option(
            names = "--jsonl",
            description =
                    "Standard input has one object a line, {\"text\":\"...\",\"allowed_special\":\"all\"}; each is answered"
                            + " by a line {\"ids\":[...]} or {\"error\":\"...\"}.")
    boolean jsonLines;

    @Mixin
    HelpFlags help = new HelpFlags();

    private final Console console;

    TokenizeCommand(Console console) {
        this.console = console;
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
