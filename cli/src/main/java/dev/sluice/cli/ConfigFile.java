package dev.sluice.cli;

import dev.sluice.cli.Settings.Setting;
import dev.sluice.error.InvalidRequestException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The configuration file: one {@code name = value} a line, {@code #} begins a comment. A value may stand in double
 * quotes, in which a backslash protects the next character, so that a file with quoted texts is valid TOML too.
 *
 * @param settings by name, in the file's order
 */
record ConfigFile(Map<String, Setting> settings) {
    private static final String LINE =
            "\\s*([A-Za-z0-9-]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(.*?))" + "\\s*(?:(?<=\\s|\")#.*)?";

    /** The file asked for with {@code --config} or {@code SLUICE_CONFIG}, or else the user's, which need not exist. */
    static ConfigFile of(Console console, String... args) {
        String named = argument(args);
        if (named == null) {
            named = console.environment().getOrDefault("SLUICE_CONFIG", "");
        }
        if (!named.isEmpty()) {
            return read(Path.of(named), console.home());
        }
        Path file = users(console);
        return Files.exists(file) ? read(file, console.home()) : new ConfigFile(Map.of());
    }

    /** {@code $XDG_CONFIG_HOME/sluice/config}, by default {@code ~/.config/sluice/config}. */
    static Path users(Console console) {
        String config = console.environment().getOrDefault("XDG_CONFIG_HOME", "");
        Path base = config.isEmpty() ? console.home().resolve(".config") : Path.of(config);
        return base.resolve("sluice").resolve("config");
    }

    /** The settings are needed before the command line is parsed, because they are its default values. */
    private static @Nullable String argument(String... args) {
        for (int i = 0; i < args.length && !args[i].equals("--"); i++) {
            if (args[i].startsWith("--config=")) {
                return args[i].substring("--config=".length());
            }
            if (args[i].equals("--config") && i + 1 < args.length) {
                return args[i + 1];
            }
        }
        return null;
    }

    static ConfigFile read(Path file, Path home) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        Pattern form = Pattern.compile(LINE); // here, because most users have no such file
        List<String> lines = TextSource.file(file).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            String origin = file + ":" + (i + 1);
            Matcher parts = form.matcher(line);
            if (!parts.matches() || (parts.group(2) == null && parts.group(3).startsWith("\""))) {
                throw new InvalidRequestException(
                        origin + ": expected name = value, found \"" + line.strip() + "\"; for example: temp = 0.7");
            }
            Setting earlier = settings.put(parts.group(1), new Setting(value(parts, home), origin));
            if (earlier != null) {
                throw new InvalidRequestException(
                        origin + ": " + parts.group(1) + " is set in " + earlier.origin() + " already; remove one");
            }
        }
        return new ConfigFile(settings);
    }

    /** No shell has seen the value, so a leading {@code ~/} is still to be replaced. */
    private static String value(Matcher parts, Path home) {
        String quoted = parts.group(2);
        String value = quoted == null ? parts.group(3) : quoted.replaceAll("\\\\(.)", "$1");
        return value.startsWith("~/") ? home.resolve(value.substring(2)).toString() : value;
    }
}
