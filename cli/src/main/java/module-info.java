/** The {@code sluice} command: a thin face of the public API. */
module dev.sluice.cli {
    requires dev.sluice.runtime;
    requires info.picocli;
    requires java.management;
    requires jdk.unsupported; // where org.jline finds signals
    requires org.jline;
    requires static org.jspecify;

    opens dev.sluice.cli to
            info.picocli;
}
