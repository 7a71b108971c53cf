/** The {@code sluice} command: a thin face of the public API. */
module dev.sluice.cli {
    requires dev.sluice.runtime;
    requires info.picocli;
    requires java.management;
    requires jdk.unsupported; // sun.misc.Signal
    requires org.jline.reader;
    requires org.jline.terminal;
    requires org.jline.terminal.ffm; // how JLine reaches the terminal: without programs, without a native library
    requires static org.jspecify;
}
