package dev.sluice.cli;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.tools.Synth;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice synth}: a model folder of a released shape with random weights. */
@Command(
        name = "synth",
        header = "Writes a model folder of a released shape with random weights.",
        description = {
            "",
            "To measure a model on this machine before it is downloaded. The folder loads and runs like the released"
                    + " one and says nothing sensible:",
            "  sluice synth qwen3-next-80b-a3b --format fp8 --dry-run",
            "  sluice synth qwen3-next-80b-a3b@1/12,experts=64 /tmp/next --format fp8",
            "",
            "SHAPE is the name of a release; NAME@1/n has an n-th of its layers and vocabulary,"
                    + " NAME@1/n,experts=E another number of experts. An unknown name lists all.",
            ""
        })
final class SynthCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "SHAPE", description = "Which release, such as qwen3.5-27b.")
    String shape = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "OUT",
            description = "Folder to create; must not exist, or be empty.")
    @Nullable
    Path out;

    @Option(
            names = "--format",
            paramLabel = "bf16|fp8|affine4|affine8",
            defaultValue = "bf16",
            description = "How matrices are stored. Default: bf16.")
    Synth.Format format = Synth.Format.BF16;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "The same seed gives the same bytes on every machine. Default: 0.")
    long seed;

    @Option(names = "--dry-run", description = "Say what would be written, and write nothing.")
    boolean dryRun;

    @Option(names = "--quiet", description = "No progress.")
    boolean quiet;

    @Mixin
    HelpFlags help = new HelpFlags();

    private final Console console;

    SynthCommand(Console console) {
        this.console = console;
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
