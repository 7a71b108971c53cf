package dev.sluice.cli;

import java.io.IOException;
import org.jline.terminal.Terminal;

/** The terminal behind the standard streams, if there is one. */
interface Screen {
    /** Where nothing says how wide it is. */
    int USUAL_COLUMNS = 80;

    /** Characters in a line now: it changes when its window does. */
    int columns();

    /**
     * The terminal for editing lines; it shows them on standard error.
     *
     * @throws IOException it cannot be had
     */
    Terminal open() throws IOException;
}
