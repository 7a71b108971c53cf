package dev.sluice.cli;

import dev.sluice.TokenizerFile;
import dev.sluice.TokenizerFile.Recognise;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.tools.Taps;
import dev.sluice.tools.Verify;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice verify}: whether a folder is what it should be. */
@Command(
        name = "verify",
        header = "Checks a model folder completely: files, shapes, values, tokenizer, template.",
        description = {
            "",
            "Reads every byte of the weights and lists everything that is wrong. Ends with 3 when something is.",
            "",
            "With --against it runs the model instead and compares what it computes, name by name, with a file of a"
                    + " reference or of another run. Ends with 1 when a value is out of tolerance:",
            "  sluice verify MODEL --dump-taps before.safetensors --prompt \"Once upon a time\"",
            "  sluice verify MODEL --against before.safetensors",
            ""
        })
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    ModelArgument model = new ModelArgument();

    @Option(
            names = "--against",
            paramLabel = "FILE",
            description =
                    "Compare with these values: runs the input_ids of the file, its greedy continuation and its draft rows.")
    @Nullable
    Path against;

    @Option(
            names = "--tolerance",
            paramLabel = "X",
            description = "Largest difference allowed. Default: case.json beside FILE says it by kind of value; without"
                    + " one 0.0001 of the largest value of an array.")
    @Nullable
    Double tolerance;

    @Option(
            names = "--dump-taps",
            paramLabel = "FILE",
            description = "Write what the model computes for --prompt or --ids, as --against reads it.")
    @Nullable
    Path dump;

    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "TEXT",
            description = "Text to run, without a chat template.")
    @Nullable
    String prompt;

    @Option(
            names = "--ids",
            paramLabel = "ID",
            split = ",",
            description = "Token ids to run, separated by commas; needs no tokenizer.")
    @Nullable
    List<Integer> ids;

    @Option(
            names = {"-n", "--max-tokens"},
            paramLabel = "N",
            defaultValue = "24",
            description = "Tokens of the greedy continuation in a dump. Default: 24.")
    int greedy = 24;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Threads that compute. Default: the physical cores this process may use.")
    @Nullable
    Integer threads;

    @Option(names = "--plain", description = "Run with plain Java arithmetic in place of vectors.")
    boolean plain;

    @Option(names = "--json", description = "One JSON object.")
    boolean json;

    @Option(names = "--quiet", description = "No progress.")
    boolean quiet;

    @Mixin
    HelpFlags help = new HelpFlags();

    private final Console console;

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Path folder = model.folder(console);
        requireOneTask();
        if (against != null) {
            return compare(folder, against);
        }
        return dump != null ? dump(folder, dump) : check(folder);
    }

    private void requireOneTask() {
        if (against != null && dump != null) {
            throw new InvalidRequestException("--against and --dump-taps exclude each other: dump first, then compare");
        }
        if (tolerance != null && against == null) {
            throw new InvalidRequestException("--tolerance needs --against");
        }
        if (dump == null && (prompt != null || ids != null)) {
            throw new InvalidRequestException("--prompt and --ids need --dump-taps; --against has its own prompt");
        }
        if (dump != null && (prompt == null) == (ids == null)) {
            throw new InvalidRequestException("--dump-taps needs one of --prompt and --ids");
        }
    }

    private int compare(Path folder, Path file) {
        Taps.Comparison comparison;
        RunStatus status = new RunStatus();
        try (StatusLine _ = new StatusLine(console, console.errTerminal() && !quiet, status)) {
            comparison = Taps.compare(folder, file, tolerance, new Taps.Settings(threads, plain), status);
        }
        console.text(json ? TapsText.json(comparison) : TapsText.text(comparison));
        return comparison.agrees() ? ExitCode.OK : ExitCode.FAILURE;
    }

    private int dump(Path folder, Path file) {
        List<Integer> tokens = ids != null
                ? ids
                : TokenizerFile.open(folder)
                        .encode(TextSource.argument(String.valueOf(prompt), console.in()), Recognise.ALL);
        RunStatus status = new RunStatus();
        int arrays;
        try (StatusLine _ = new StatusLine(console, console.errTerminal() && !quiet, status)) {
            arrays = Taps.dump(folder, tokens, greedy, file, new Taps.Settings(threads, plain), status);
        }
        console.text(String.format("%s: %d arrays of %d tokens and %d more%n", file, arrays, tokens.size(), greedy));
        return ExitCode.OK;
    }

    /** How far a prompt is. */
    private static final class RunStatus implements IntConsumer, Supplier<String> {
        private volatile int done;

        @Override
        public void accept(int tokens) {
            done = tokens;
        }

        @Override
        public String get() {
            return done == 0 ? "running the prompt" : done + " tokens of the prompt done";
        }
    }

    private int check(Path folder) {
        ByteRate rate = new ByteRate("reading");
        Verify.Report report;
        try (StatusLine _ = new StatusLine(console, console.errTerminal() && !quiet, rate)) {
            report = Verify.check(folder, rate::advance);
        }
        console.text(json ? VerifyText.json(report, rate.seconds()) : VerifyText.text(report, rate.seconds()));
        return report.sound() ? ExitCode.OK : ExitCode.MODEL;
    }
}
