package dev.sluice.cli;

import dev.sluice.LoadOptions;
import dev.sluice.ModelReport;
import dev.sluice.tools.Synth;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice show}: what a model is and what it needs. */
@Command(
        name = "show",
        header = "Describes a model: layers, parameters, bytes, memory needed, sampling.",
        description = {
            "",
            "Reads the headers of the weights only. synth:SHAPE[:bf16|fp8|affine4|affine8] describes a released model"
                    + " that is not here, as sluice synth would write it:",
            "  sluice show synth:qwen3-next-80b-a3b:fp8",
            ""
        })
final class ShowCommand implements Callable<Integer> {
    @Mixin
    ModelArgument model = new ModelArgument();

    @Option(
            names = {"-c", "--ctx-size"},
            paramLabel = "N",
            description = "Tokens to count memory for. Default: what the model was made for, or as much as fits.")
    @Nullable
    Integer context;

    @Option(
            names = "--rope-factor",
            paramLabel = "F",
            description = "Count for a context stretched by this factor (YaRN).")
    @Nullable
    Double ropeFactor;

    @Option(names = "--json", description = "One JSON object, sizes in bytes.")
    boolean json;

    @Mixin
    HelpFlags help = new HelpFlags();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Console console;

    ShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        LoadOptions.Builder options = LoadOptions.builder();
        if (context != null) {
            options.contextLength(context);
        }
        if (ropeFactor != null) {
            options.ropeFactor(ropeFactor);
        }
        ModelReport report = report(options.build());
        ShowText text = new ShowText(report, Settings.of(spec));
        if (json) {
            console.text(text.json());
        } else {
            console.labelled(text.text());
            report.warnings().forEach(warning -> console.sayWrapped("sluice: " + warning));
        }
        return ExitCode.OK;
    }

    private ModelReport report(LoadOptions options) {
        String named = model.model == null ? "" : model.model.toString();
        return named.startsWith(Synth.PREFIX)
                ? Synth.plan(named, 0).report(options)
                : ModelReport.of(model.folder(console), options);
    }
}
