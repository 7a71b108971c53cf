package dev.sluice.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice completion}: a script that teaches a shell the commands and options. */
final class CompletionCommand implements Callable<Integer> {
    enum Shell {
        bash,
        zsh,
        fish
    }

    private Shell shell = Shell.bash;
    private final HelpFlags help = new HelpFlags();
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("completion");

    private final Console console;

    CompletionCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        spec.usageMessage()
                .header("Prints a script that completes commands and options in a shell.")
                .description(
                        "",
                        "Put the line of your shell into its start-up file:",
                        "  bash   source <(sluice completion bash)             ~/.bashrc",
                        "  zsh    source <(sluice completion zsh)              ~/.zshrc",
                        "  fish   sluice completion fish | source              ~/.config/fish/config.fish",
                        "");
        Flags flags = new Flags(spec);
        flags.argument("bash|zsh|fish", "1", "The shell.").value(Shell.class, shell, given -> shell = given);
        help.addTo(flags);
        return spec;
    }

    @Override
    public Integer call() {
        CommandSpec sluice = spec.root();
        console.text(
                switch (shell) {
                    // zsh reads the bash script through its own emulation, which the script switches on
                    case bash, zsh -> AutoComplete.bash(sluice.name(), sluice.commandLine());
                    case fish -> FishCompletion.of(sluice);
                });
        return ExitCode.OK;
    }
}
