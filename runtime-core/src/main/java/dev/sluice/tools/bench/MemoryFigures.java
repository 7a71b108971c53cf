package dev.sluice.tools.bench;

import dev.sluice.ModelReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Memory that a benchmark should take, and that it takes. */
final class MemoryFigures {
    private final ModelReport report;
    private final ProcessFigures.Resident before;
    private final PageCounts pagesBefore = PageCounts.now();

    /** @param before what the JVM held before the model was loaded: its own share */
    MemoryFigures(ModelReport report, ProcessFigures.Resident before) {
        this.report = report;
        this.before = before;
    }

    /** What these tests need of it. */
    ModelReport.Memory budget(List<Workload> tests) {
        ModelReport.Memory memory = report.memory();
        int deepest = tests.stream().mapToInt(Workload::positions).max().orElse(0);
        long perToken = memory.context() == 0 ? 0 : memory.cache() / memory.context();
        return new ModelReport.Memory(
                deepest, memory.weights(), perToken * deepest, memory.state(), memory.scratch(), memory.available());
    }

    /** Predicted and measured now; call while runners are open. */
    Map<String, @Nullable Object> fields(TrafficModel traffic, List<Runner> runners, List<BenchCase> cases) {
        long weights = traffic.workingSet() - traffic.stateBytes();
        long positions =
                cases.stream().mapToLong(one -> one.workload.positions()).max().orElse(0);
        // pages of a sequence that has ended stay with its executor
        long sequences = 0;
        for (Runner runner : runners) {
            sequences += runner.preparedBytes() + positions * traffic.kvBytes();
        }
        long scratch = report.memory().scratch() * runners.size();
        ProcessFigures.Resident now = ProcessFigures.Resident.now();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("predicted_weights", weights);
        fields.put("predicted_sequences", sequences);
        fields.put("predicted_scratch", scratch);
        fields.put("predicted", weights + sequences + scratch);
        long jvm = now.jvm(before);
        fields.put("measured", now.all() < 0 ? null : now.all() - jvm);
        fields.put("jvm", jvm);
        fields.put("measured_rss", now.all());
        fields.put("measured_anonymous", now.anonymous());
        fields.put("measured_files", now.files());
        fields.put("unused_embedding", traffic.untiedEmbedding());
        fields.put(
                "major_faults", Math.max(0, PageCounts.now().minus(pagesBefore).major()));
        return fields;
    }
}
