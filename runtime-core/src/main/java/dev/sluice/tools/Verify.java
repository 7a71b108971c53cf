package dev.sluice.tools;

import dev.sluice.models.Architecture;
import dev.sluice.models.FolderCheck;
import dev.sluice.models.ModelFolder;
import dev.sluice.tools.verify.TextCheck;
import dev.sluice.tools.verify.ValueScan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A complete check of a model folder: configuration, index and headers, every tensor's name, shape and type, every value
 * of the weights, tokenizer and chat template. Runs nothing, and goes on after a fault.
 */
public final class Verify {
    /**
     * What was found.
     *
     * @param faults what makes the folder unusable or its answers wrong, one sentence each
     * @param warnings what is unusual
     * @param files number of files with weights
     * @param tensors number of their tensors
     * @param bytes of all tensors, every one of them read
     */
    public record Report(Path folder, List<String> faults, List<String> warnings, int files, int tensors, long bytes) {
        public Report {
            faults = List.copyOf(faults);
            warnings = List.copyOf(warnings);
        }

        /** Whether nothing is wrong. */
        public boolean sound() {
            return faults.isEmpty();
        }
    }

    /** Hears how many bytes of the weights are read. */
    @FunctionalInterface
    public interface Progress {
        void read(long bytes, long total);
    }

    private Verify() {}

    /**
     * Checks a folder.
     *
     * @throws dev.sluice.error.ModelNotFoundException when there is no such folder; all else is in the report
     */
    public static Report check(Path folder, Progress progress) {
        FolderCheck structure = ModelFolder.check(folder);
        List<String> faults = new ArrayList<>();
        List<String> warnings = new ArrayList<>(structure.warnings());
        structure.faults().forEach(fault -> faults.add(String.valueOf(fault.getMessage())));
        Architecture architecture = structure.architecture();
        new TextCheck(folder, faults::add, warnings::add).run(architecture == null ? null : architecture.vocabSize());
        long total = ValueScan.bytes(structure.files());
        long[] done = {0};
        ValueScan scan = new ValueScan(faults::add, bytes -> {
            done[0] += bytes;
            progress.read(done[0], total);
        });
        structure.files().forEach(scan::scan);
        int tensors = structure.files().stream()
                .mapToInt(file -> file.tensors().size())
                .sum();
        return new Report(folder, faults, warnings, structure.files().size(), tensors, total);
    }
}
