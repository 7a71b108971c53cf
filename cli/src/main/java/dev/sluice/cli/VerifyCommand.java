package dev.sluice.cli;

import dev.sluice.tools.Verify;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice verify}: whether a folder is what it should be. */
@Command(
        name = "verify",
        header = "Checks a model folder completely: files, shapes, values, tokenizer, template.",
        description = {
            "",
            "Reads every byte of the weights and lists everything that is wrong. Ends with 3 when something is.",
            ""
        })
final class VerifyCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            description = "Folder of a model. Default: the one that comes with Sluice.")
    @Nullable
    Path model;

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
        Path folder = ModelLocation.ofArgument(console, model);
        ByteRate rate = new ByteRate("reading");
        Verify.Report report;
        try (StatusLine _ = new StatusLine(console, console.errTerminal() && !quiet, rate)) {
            report = Verify.check(folder, rate::advance);
        }
        console.text(json ? VerifyText.json(report, rate.seconds()) : VerifyText.text(report, rate.seconds()));
        return report.sound() ? ExitCode.OK : ExitCode.MODEL;
    }
}
