package dev.sluice.cli;

import dev.sluice.LoadOptions;
import dev.sluice.ModelReport;
import dev.sluice.tools.Synth;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice show}: what a model is and what it needs. */
final class ShowCommand implements Callable<Integer> {
    private final ModelArgument model = new ModelArgument();
    private @Nullable Integer context;
    private @Nullable Double ropeFactor;
    private boolean json;
    private final HelpFlags help = new HelpFlags();
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("show");

    private final Console console;

    ShowCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        spec.usageMessage()
                .header("Describes a model: layers, parameters, bytes, memory needed, sampling.")
                .description(
                        "",
                        "Reads the headers of the weights only. synth:SHAPE[:bf16|fp8|affine4|affine8] describes a released model"
                                + " that is not here, as sluice synth would write it:",
                        "  sluice show synth:qwen3-next-80b-a3b:fp8",
                        "");
        Flags flags = new Flags(spec);
        model.addTo(flags);
        flags.option(
                        "-c, --ctx-size=N",
                        "Tokens to count memory for. Default: what the model was made for, or as much as fits.")
                .value(Integer.class, given -> context = given);
        flags.option("--rope-factor=F", "Count for a context stretched by this factor (YaRN).")
                .value(Double.class, given -> ropeFactor = given);
        flags.option("--json", "One JSON object, sizes in bytes.").flag(on -> json = on);
        help.addTo(flags);
        return spec;
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
