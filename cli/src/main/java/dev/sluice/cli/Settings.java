package dev.sluice.cli;

import dev.sluice.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Values of options that are not on the command line: {@code --top-k} is {@code SLUICE_TOP_K} in the environment and
 * {@code top-k} in the configuration file. The environment comes first.
 */
final class Settings implements IDefaultValueProvider {
    /** What cannot be set elsewhere: what ends a command at once, and the file itself. */
    private static final Set<String> FLAGS_ONLY = Set.of("help", "version", "config");

    /** Variables that are read elsewhere: by {@link ConfigFile} and by the launcher. */
    private static final Set<String> NO_SETTINGS = Set.of("SLUICE_CONFIG", "SLUICE_JAVA_OPTS");

    private final Map<String, String> environment;
    private final ConfigFile file;

    Settings(Map<String, String> environment, ConfigFile file) {
        this.environment = environment;
        this.file = file;
    }

    /** A value and where it was set, such as {@code SLUICE_TOP_K} or {@code ~/.config/sluice/config:3}. */
    record Setting(String value, String origin) {}

    /** Those of a command that is running. */
    static Settings of(CommandSpec command) {
        return command.defaultValueProvider() instanceof Settings settings
                ? settings
                : new Settings(Map.of(), new ConfigFile(Map.of()));
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        Setting setting = find(argument);
        return setting == null ? null : setting.value();
    }

    @Nullable
    Setting find(ArgSpec argument) {
        String name = name(argument);
        return name == null ? null : find(name);
    }

    /** By the name of an option without its dashes. */
    @Nullable
    Setting find(String name) {
        String variable = variable(name);
        String value = environment.getOrDefault(variable, "");
        return value.isEmpty() ? file.settings().get(name) : new Setting(value, variable);
    }

    /** {@code SLUICE_TOP_K} for {@code top-k}. */
    static String variable(String name) {
        return "SLUICE_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The setting that an option or MODEL reads; null when it has none. */
    static @Nullable String name(ArgSpec argument) {
        if (argument instanceof OptionSpec option) {
            String name = withoutDashes(option.longestName());
            return FLAGS_ONLY.contains(name) ? null : name;
        }
        return argument.paramLabel().equals(ModelArgument.LABEL) ? "model" : null;
    }

    /** Asked for every option at every start, so without a regular expression. */
    private static String withoutDashes(String name) {
        int start = 0;
        while (start < name.length() && name.charAt(start) == '-') {
            start++;
        }
        return name.substring(start);
    }

    private static Set<String> names(CommandSpec sluice) {
        Set<String> names = new TreeSet<>();
        for (CommandLine command : sluice.subcommands().values()) {
            command.getCommandSpec().args().forEach(argument -> names.add(String.valueOf(name(argument))));
        }
        return names;
    }

    /** Variables that look like settings and are none: mistyped, or of another version. */
    static List<String> unknownVariables(Console console, CommandSpec command) {
        Set<String> known = new TreeSet<>(NO_SETTINGS);
        names(command.root()).forEach(name -> known.add(variable(name)));
        return console.environment().keySet().stream()
                .filter(name -> name.startsWith("SLUICE_") && !known.contains(name))
                .sorted()
                .toList();
    }

    /** Refuses names in the file that no command knows. */
    void check(CommandLine sluice) {
        if (file.settings().isEmpty()) {
            return;
        }
        Set<String> known = names(sluice.getCommandSpec());
        file.settings().forEach((name, setting) -> {
            if (!known.contains(name)) {
                throw new InvalidRequestException(setting.origin() + ": no command has an option --" + name
                        + "; sluice COMMAND --help lists them, and the file has them without the dashes");
            }
        });
    }

    /** What a command took from here, one {@code --top-k 20 from SLUICE_TOP_K} each. */
    List<String> taken(ParseResult command) {
        List<String> taken = new ArrayList<>();
        for (ArgSpec argument : command.commandSpec().args()) {
            Setting setting = command.matchedArgs().contains(argument) ? null : find(argument);
            if (setting != null) {
                taken.add(label(argument) + " " + setting.value() + " from " + setting.origin());
            }
        }
        return taken;
    }

    private static String label(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }
}
