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
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice verify}: whether a folder is what it should be. */
final class VerifyCommand implements Callable<Integer> {
    private final ModelArgument model = new ModelArgument();
    private @Nullable Path against;
    private @Nullable Double tolerance;
    private @Nullable Path dump;
    private @Nullable String prompt;
    private List<Integer> ids = List.of();
    private int greedy = 24;
    private @Nullable Integer threads;
    private boolean plain;
    private boolean json;
    private boolean quiet;
    private final HelpFlags help = new HelpFlags();

    private final Console console;

    VerifyCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("verify");
        spec.usageMessage()
                .header("Checks a model folder completely: files, shapes, values, tokenizer, template.")
                .description(
                        "",
                        "Reads every byte of the weights and lists everything that is wrong. Ends with 3 when something is.",
                        "",
                        "With --against it runs the model instead and compares what it computes, name by name, with a file of a"
                                + " reference or of another run. Ends with 1 when a value is out of tolerance:",
                        "  sluice verify MODEL --dump-taps before.safetensors --prompt \"Once upon a time\"",
                        "  sluice verify MODEL --against before.safetensors",
                        "");
        Flags flags = new Flags(spec);
        model.addTo(flags);
        flags.option(
                        "--against=FILE",
                        "Compare with these values: runs the input_ids of the file, its greedy continuation and its draft rows.")
                .value(Path.class, given -> against = given);
        flags.option(
                        "--tolerance=X",
                        "Largest difference allowed. Default: case.json beside FILE says it by kind of value; without"
                                + " one 0.0001 of the largest value of an array.")
                .value(Double.class, given -> tolerance = given);
        flags.option("--dump-taps=FILE", "Write what the model computes for --prompt or --ids, as --against reads it.")
                .value(Path.class, given -> dump = given);
        flags.option("-p, --prompt=TEXT", "Text to run, without a chat template.")
                .value(String.class, given -> prompt = given);
        flags.option("--ids=ID", "Token ids to run, separated by commas; needs no tokenizer.")
                .with(option -> option.splitRegex(","))
                .list(Integer.class, all -> ids = all);
        flags.option("-n, --max-tokens=N", "Tokens of the greedy continuation in a dump. Default: 24.")
                .value(Integer.class, greedy, given -> greedy = given);
        flags.option("-t, --threads=N", "Threads that compute. Default: the physical cores this process may use.")
                .value(Integer.class, given -> threads = given);
        flags.option("--plain", "Run with plain Java arithmetic in place of vectors.")
                .flag(on -> plain = on);
        flags.option("--json", "One JSON object.").flag(on -> json = on);
        flags.option("--quiet", "No progress.").flag(on -> quiet = on);
        help.addTo(flags);
        return spec;
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
        if (dump == null && (prompt != null || !ids.isEmpty())) {
            throw new InvalidRequestException("--prompt and --ids need --dump-taps; --against has its own prompt");
        }
        if (dump != null && (prompt == null) == ids.isEmpty()) {
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
        List<Integer> tokens = !ids.isEmpty()
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
