package dev.sluice.tools.bench;

import dev.sluice.ModelReport;
import dev.sluice.tools.bench.ProcessFigures.Resident;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Memory that a benchmark should take, and that it takes: what is no longer resident when model and runners are closed. The
 * rest is the JVM's own: heap, classes, compiled code, and what its compilers have freed and the C library keeps.
 */
final class MemoryFigures {
    private final ModelReport report;
    private final PageCounts pagesBefore = PageCounts.now();

    MemoryFigures(ModelReport report) {
        this.report = report;
    }

    /** What was measured while everything was open, and what it should have been. */
    record Open(
            long weights,
            long sequences,
            long buffers,
            long unusedEmbedding,
            Resident all,
            Resident trimmed,
            long majorFaults) {
        /** With what is resident now that all of it is closed. */
        Map<String, @Nullable Object> fields(Resident closed) {
            Resident model = trimmed.minus(closed);
            boolean known = all.known() && trimmed.known() && closed.known();
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("predicted_weights", weights);
            fields.put("predicted_sequences", sequences);
            fields.put("predicted_scratch", buffers);
            fields.put("predicted", weights + sequences + buffers);
            fields.put("measured", known ? model.all() : null);
            fields.put("measured_anonymous", known ? model.anonymous() : null);
            fields.put("measured_files", known ? model.files() : null);
            fields.put("jvm", known ? all.all() - model.all() : null);
            fields.put("measured_rss", known ? all.all() : null);
            fields.put("unused_embedding", unusedEmbedding);
            fields.put("major_faults", majorFaults);
            return fields;
        }
    }

    /** What these tests need of it. */
    ModelReport.Memory budget(List<Workload> tests) {
        ModelReport.Memory memory = report.memory();
        int deepest = tests.stream().mapToInt(Workload::positions).max().orElse(0);
        long perToken = memory.context() == 0 ? 0 : memory.cache() / memory.context();
        return new ModelReport.Memory(
                deepest, memory.weights(), perToken * deepest, memory.state(), memory.scratch(), memory.available());
    }

    /**
     * Call while everything is open: takes a sequence of the largest test in each runner.
     *
     * @param experts that were visited, in all layers
     */
    Open open(TrafficModel traffic, MemoryForecast forecast, List<Runner> runners, long experts) {
        long buffers = 0;
        long rows = 0;
        for (Runner runner : runners) {
            runner.start(forecast.largest());
            buffers += forecast.buffers(runner.threads(), runner.chunk());
            rows = traffic.embeddingAround(runner.ids());
        }
        Resident all = Resident.now();
        return new Open(
                traffic.residentWeights(experts) + rows,
                runners.size() * forecast.sequences(),
                buffers,
                traffic.untiedEmbedding(),
                all,
                Resident.settled(),
                Math.max(0, PageCounts.now().minus(pagesBefore).major()));
    }

    /** Call when everything is closed. */
    static Resident closed() {
        return Resident.settled();
    }
}
