package dev.sluice.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice help COMMAND}: what {@code sluice COMMAND --help} shows, for who tries that first. */
@Command(
        name = HelpCommand.NAME,
        header = "Shows this, or the options of a command.",
        helpCommand = true,
        hidden = true)
final class HelpCommand implements Callable<Integer> {
    static final String NAME = "help";

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "A command, and a command of that one.")
    List<String> words = List.of();

    @Mixin
    HelpFlags help = new HelpFlags();

    @Spec
    CommandSpec spec = CommandSpec.create();

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
