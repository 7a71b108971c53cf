package dev.sluice.cli;

import dev.sluice.MachineReport;
import dev.sluice.tools.ModelCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice doctor}: what this machine offers, and what would be slow. */
final class DoctorCommand implements Callable<Integer> {
    private boolean json;
    private final ModelPlaces places = new ModelPlaces();
    private final HelpFlags help = new HelpFlags();
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("doctor");

    private final Console console;

    DoctorCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        spec.usageMessage()
                .header("Looks at Java, processor, memory and disks, and says what makes models slow here.")
                .description("");
        Flags flags = new Flags(spec);
        flags.option("--json", "One JSON object, sizes in bytes.").flag(on -> json = on);
        places.addTo(flags);
        help.addTo(flags);
        return spec;
    }

    @Override
    public Integer call() {
        ModelCatalog catalog = places.catalog(console);
        List<Path> folders = new ArrayList<>(catalog.places());
        folders.add(Path.of("").toAbsolutePath());
        MachineReport machine = MachineReport.of(List.copyOf(folders), console.environment());
        DoctorText text =
                new DoctorText(machine, catalog.places(), settings(), Settings.unknownVariables(console, spec));
        if (json) {
            console.text(text.json());
        } else {
            console.labelled(text.text());
        }
        return ExitCode.OK;
    }

    /** The configuration file in force; null without one. */
    private @Nullable Path settings() {
        if (help.config != null) {
            return help.config;
        }
        String named = console.environment().getOrDefault("SLUICE_CONFIG", "");
        Path file = named.isEmpty() ? ConfigFile.users(console) : Path.of(named);
        return Files.exists(file) ? file : null;
    }
}
