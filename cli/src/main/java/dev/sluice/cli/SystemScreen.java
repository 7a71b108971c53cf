package dev.sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.TerminalBuilder.SystemOutput;

/** The terminal of this process. */
final class SystemScreen implements Screen {
    @Override
    public int columns() {
        return Terminals.columns(2).orElse(USUAL_COLUMNS);
    }

    @Override
    public Terminal open() throws IOException {
        return TerminalBuilder.builder()
                .system(true)
                .systemOutput(SystemOutput.SysErr)
                .provider(TerminalBuilder.PROP_PROVIDER_FFM)
                .encoding(StandardCharsets.UTF_8)
                .nativeSignals(true)
                .dumb(false) // without a terminal the plain loop is better
                .build();
    }
}
