package dev.sluice.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code sluice help COMMAND}: what {@code sluice COMMAND --help} shows, for who tries that first. */
final class HelpCommand implements Callable<Integer> {
    static final String NAME = "help";

    private List<String> words = List.of();
    private final HelpFlags help = new HelpFlags();
    private final CommandSpec spec =
            CommandSpec.wrapWithoutInspection(this).name(HelpCommand.NAME).helpCommand(true);

    CommandSpec spec() {
        spec.usageMessage().header("Shows this, or the options of a command.").hidden(true);
        Flags flags = new Flags(spec);
        flags.argument("COMMAND", "0..*", "A command, and a command of that one.")
                .list(String.class, all -> words = all);
        help.addTo(flags);
        return spec;
    }

    @Override
    public Integer call() {
        CommandLine command = spec.root().commandLine();
        for (String word : words) {
            CommandLine next = command.getSubcommands().get(word);
            if (next == null) {
                throw new ParameterException(command, WrongUsage.unknown(word, command.getCommandSpec()));
            }
            command = next;
        }
        command.usage(command.getOut());
        return ExitCode.OK;
    }
}
