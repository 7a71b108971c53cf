package dev.sluice.cli;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.tools.Synth;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice synth}: a model folder of a released shape with random weights. */
final class SynthCommand implements Callable<Integer> {
    private String shape = "";
    private @Nullable Path out;
    private Synth.Format format = Synth.Format.BF16;
    private long seed;
    private boolean dryRun;
    private boolean quiet;
    private final HelpFlags help = new HelpFlags();

    private final Console console;

    SynthCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("synth");
        spec.usageMessage()
                .header("Writes a model folder of a released shape with random weights.")
                .description(
                        "",
                        "To measure a model on this machine before it is downloaded. The folder loads and runs like the released"
                                + " one and says nothing sensible:",
                        "  sluice synth qwen3-next-80b-a3b --format fp8 --dry-run",
                        "  sluice synth qwen3-next-80b-a3b@1/12,experts=64 /tmp/next --format fp8",
                        "",
                        "SHAPE is the name of a release; NAME@1/n has an n-th of its layers and vocabulary,"
                                + " NAME@1/n,experts=E another number of experts. An unknown name lists all.",
                        "");
        Flags flags = new Flags(spec);
        flags.argument("SHAPE", "1", "Which release, such as qwen3.5-27b.")
                .value(String.class, shape, given -> shape = given);
        flags.argument("OUT", "0..1", "Folder to create; must not exist, or be empty.")
                .value(Path.class, given -> out = given);
        flags.option("--format=bf16|fp8|affine4|affine8", "How matrices are stored. Default: bf16.")
                .value(Synth.Format.class, format, given -> format = given);
        flags.option("--seed=N", "The same seed gives the same bytes on every machine. Default: 0.")
                .value(Long.class, seed, given -> seed = given);
        flags.option("--dry-run", "Say what would be written, and write nothing.")
                .flag(on -> dryRun = on);
        flags.option("--quiet", "No progress.").flag(on -> quiet = on);
        help.addTo(flags);
        return spec;
    }

    @Override
    public Integer call() {
        Synth synth = Synth.plan(shape, format, seed);
        if (dryRun) {
            console.text(describe(synth.totals()));
            return ExitCode.OK;
        }
        if (out == null) {
            throw new InvalidRequestException("no folder to write: sluice synth SHAPE OUT, or --dry-run");
        }
        ByteRate rate = new ByteRate("writing");
        try (StatusLine _ = new StatusLine(console, console.errTerminal() && !quiet, rate)) {
            synth.write(out, rate::advance);
        }
        double seconds = rate.seconds();
        console.text(describe(synth.totals())
                + String.format(Locale.ROOT, "written     %s in %.1f s (%s/s)%n", out, seconds, Sizes.bytes((long)
                        (synth.totals().bytes() / seconds))));
        return ExitCode.OK;
    }

    private String describe(Synth.Totals totals) {
        return String.format(
                Locale.ROOT,
                "shape       %s, %s%nparameters  %,d (%s), draft head %,d%nbytes       %,d (%s) in %s%n",
                shape,
                format.word(),
                totals.parameters(),
                Sizes.count(totals.parameters()),
                totals.draftParameters(),
                totals.bytes(),
                Sizes.bytes(totals.bytes()),
                Sizes.number(totals.files(), "file"));
    }
}
