package dev.sluice.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice completion}: a script that teaches a shell the commands and options. */
@Command(
        name = "completion",
        header = "Prints a script that completes commands and options in a shell.",
        description = {
            "",
            "Put the line of your shell into its start-up file:",
            "  bash   source <(sluice completion bash)             ~/.bashrc",
            "  zsh    source <(sluice completion zsh)              ~/.zshrc",
            "  fish   sluice completion fish | source              ~/.config/fish/config.fish",
            ""
        })
final class CompletionCommand implements Callable<Integer> {
    enum Shell {
        bash,
        zsh,
        fish
    }

    @Parameters(paramLabel = "bash|zsh|fish", description = "The shell.")
    Shell shell = Shell.bash;

    @Mixin
    HelpFlags help = new HelpFlags();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Console console;

    CompletionCommand(Console console) {
        this.console = console;
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
