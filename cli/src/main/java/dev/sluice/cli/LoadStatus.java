package dev.sluice.cli;

import java.nio.file.Path;
import java.util.function.Supplier;

/** How far a load is. */
final class LoadStatus implements Supplier<String> {
    private final Console console;
    private final String name;
    private final ProgressBar bar;
    private final DiskReads reads = new DiskReads();
    private volatile long tensors;
    private volatile long of;

    LoadStatus(Console console, Path folder) {
        this.console = console;
        this.name = String.valueOf(folder.getFileName());
        this.bar = new ProgressBar("loading " + name, "tensors/s");
    }

    void progress(long done, long total) {
        of = total;
        tensors = done;
    }

    @Override
    public String get() {
        return tensors == 0
                ? "loading " + name + ", reading headers"
                : bar.text(
                        0, (double) tensors, of, reads.text(), console.screen().columns());
    }
}
