package dev.sluice.cli;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.tools.Synth;
import dev.sluice.tools.bench.Bench;
import dev.sluice.tools.bench.BenchListener;
import dev.sluice.tools.bench.BenchPlan;
import dev.sluice.tools.bench.BenchReport;
import dev.sluice.tools.bench.SyntheticFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice bench}: speed of models against the limits of the machine. */
final class BenchCommand implements Callable<Integer> {
    private List<String> models = List.of();
    private final ModelPlaces places = new ModelPlaces();
    private final BenchFlags tests = new BenchFlags();
    private BenchText.Format output = BenchText.Format.md;
    private BenchText.@Nullable Format errorOutput;
    private List<Path> compare = List.of();
    private boolean quiet;
    private final HelpFlags help = new HelpFlags();
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("bench");

    private final Console console;

    BenchCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        spec.usageMessage()
                .header("Measures speed, and how close it comes to what this machine can do.")
                .description(
                        "",
                        "Tests: ppN runs a prompt of N tokens, tgN runs N tokens one by one, pgP,N both. The last column is the"
                                + " share of the roofline: the least time that streaming reads, f32 multiply-adds and the unpacking"
                                + " of stored codes allow, all measured in the same run, over the time taken.",
                        "  sluice bench --tests pp512,tg128 ~/models/qwen",
                        "  sluice bench -p 128-1024*2 -n 32 -t 1,2 -o jsonl synth:qwen3.5-0.8b:fp8 > figures.jsonl",
                        "  sluice bench --compare before.json after.json",
                        "");
        Flags flags = new Flags(spec);
        flags.argument(
                        "MODEL",
                        "0..*",
                        "Folders of models, or synth:SHAPE[:bf16|fp8|affine4|affine8] for random weights in the shape of a"
                                + " release, such as synth:qwen3-next-80b-a3b@1/12:fp8. Default: the model that comes with"
                                + " Sluice.")
                .list(String.class, all -> models = all);
        places.addTo(flags);
        tests.addTo(flags);
        flags.option("-o, --output=md|csv|json|jsonl", "What to print on standard output. Default: md.")
                .value(BenchText.Format.class, output, given -> output = given);
        flags.option("-oe, --output-err=md|csv|json|jsonl", "Print the same on standard error, in this form.")
                .value(BenchText.Format.class, given -> errorOutput = given);
        flags.option("--compare=FILE", "Compare two results of -o json or jsonl instead of measuring.")
                .with(option -> option.arity("2"))
                .list(Path.class, all -> compare = all);
        flags.option("--quiet", "No progress and no warm-up passes on standard error.")
                .flag(on -> quiet = on);
        help.addTo(flags);
        return spec;
    }

    @Override
    public Integer call() {
        if (!compare.isEmpty()) {
            if (spec.commandLine().getParseResult().hasMatchedPositional(0)) { // not one that a setting names
                throw new InvalidRequestException(
                        "--compare reads two results and measures nothing; leave out " + String.join(" ", models));
            }
            console.text(BenchComparison.text(compare.get(0), compare.get(1)));
            return ExitCode.OK;
        }
        BenchPlan plan = tests.plan();
        AtomicBoolean stopped = new AtomicBoolean();
        List<BenchReport> reports = new ArrayList<>();
        try (Interrupt interrupt = new Interrupt()) {
            interrupt.runs(() -> stopped.set(true));
            for (String model : models.isEmpty() ? List.of("") : models) {
                if (!stopped.get()) {
                    run(model, plan, stopped, reports);
                }
            }
        }
        print(reports);
        if (stopped.get()) {
            console.sayWrapped("sluice: interrupted; the figures above are those of the repetitions that ended");
            return ExitCode.INTERRUPTED;
        }
        boolean wrong = false;
        for (BenchReport report : reports) {
            for (String error : report.errors()) {
                console.sayWrapped("sluice: error of the bench: " + error);
                wrong = true;
            }
        }
        return wrong ? ExitCode.FAILURE : ExitCode.OK;
    }

    private void run(String model, BenchPlan plan, AtomicBoolean stopped, List<BenchReport> reports) {
        BenchListener listener = new Progress();
        if (!model.startsWith(Synth.PREFIX)) {
            Path folder = places.folder(console, model.isEmpty() ? null : Path.of(model));
            String name = String.valueOf(folder.getFileName());
            reports.add(new Bench(name, folder, plan, stopped::get, listener).run());
            return;
        }
        try (SyntheticFolder made = SyntheticFolder.make(model, stopped::get, listener)) {
            reports.add(new Bench(model, made.folder(), plan, stopped::get, listener).run());
        } catch (SyntheticFolder.StoppedException e) {
            console.sayWrapped("sluice: " + e.getMessage());
        }
    }

    private void print(List<BenchReport> reports) {
        console.text(BenchText.text(output, reports));
        if (errorOutput != null) {
            console.err().print(BenchText.text(errorOutput, reports));
        }
    }

    /** One line on standard error for everything that takes time. */
    private final class Progress implements BenchListener {
        @Override
        public void warning(String text) {
            console.sayWrapped("sluice: " + text);
        }

        @Override
        public void warmUp(String test, int pass, double tokensPerSecond) {
            say(test + ", warm-up " + pass + ": " + rate(tokensPerSecond));
        }

        @Override
        public void repetition(String test, int number, int of, double tokensPerSecond) {
            say(test + ", " + number + " of " + of + ": " + rate(tokensPerSecond));
        }

        @Override
        public void step(String text) {
            say(text);
        }

        private static String rate(double tokensPerSecond) {
            return String.format(Locale.ROOT, "%.2f t/s", tokensPerSecond);
        }

        private void say(String text) {
            if (!quiet) {
                console.sayWrapped(text);
            }
        }
    }
}
