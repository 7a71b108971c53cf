package dev.sluice.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that starts this program once more: the same Java, flags, modules or class path. */
final class OwnJvm {
    private OwnJvm() {}

    /** @param more flags in addition */
    static List<String> command(List<String> more) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // the first says what was started, the second belongs to the launcher script
            if (!flag.startsWith("-Djdk.module.main") && !flag.startsWith("-Dsluice.stderr")) {
                command.add(flag);
            }
        }
        command.addAll(more);
        Module module = OwnJvm.class.getModule();
        if (module.isNamed()) {
            command.addAll(List.of("-m", module.getName() + "/" + Main.class.getName()));
        } else {
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        }
        return command;
    }
}
