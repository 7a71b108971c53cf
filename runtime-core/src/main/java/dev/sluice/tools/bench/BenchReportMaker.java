package dev.sluice.tools.bench;

import dev.sluice.ModelReport;
import dev.sluice.kernels.probe.UnpackProbe.Form;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns times and limits into rows. */
final class BenchReportMaker {
    private final String name;
    private final ModelReport model;
    private final TrafficModel traffic;
    private final String backend;
    private final BenchPlan plan;
    private final Map<Integer, Limits.Roofline> rooflines;
    private final List<String> errors = new ArrayList<>();

    BenchReportMaker(
            String name,
            ModelReport model,
            TrafficModel traffic,
            String backend,
            BenchPlan plan,
            Map<Integer, Limits.Roofline> rooflines) {
        this.name = name;
        this.model = model;
        this.traffic = traffic;
        this.backend = backend;
        this.plan = plan;
        this.rooflines = rooflines;
    }

    BenchReport report(List<BenchCase> cases, Map<String, @Nullable Object> environment, boolean complete) {
        List<BenchRow> rows = new ArrayList<>();
        for (BenchCase one : cases) {
            if (!one.nanos().isEmpty()) {
                rows.add(row(one));
            }
        }
        return new BenchReport(rows, environment, errors, complete);
    }

    private BenchRow row(BenchCase one) {
        Traffic all = one.prompt().plus(one.generation());
        double seconds = Rates.ofLongs(one.nanos()).mean() / 1e9;
        Limits.Roofline limit = rooflines.get(one.threads);
        Double percent = null;
        String bound = null;
        if (limit != null) {
            // a prompt may be bound by arithmetic and the tokens behind it by memory
            percent = 100 * (limit.seconds(one.prompt()) + limit.seconds(one.generation())) / seconds;
            bound = limit.bound(one.generation().bytes() > 0 ? one.generation() : one.prompt());
            check(one, percent, bound);
        }
        return new BenchRow(
                name,
                model.modelType(),
                model.memory().weights(),
                model.trunkParameters() + model.mtpParameters(),
                backend,
                one.threads,
                one.batch,
                plan.kvType().name().toLowerCase(Locale.ROOT),
                one.workload,
                List.copyOf(one.nanos()),
                all,
                all.bytes() / seconds / 1e9,
                all.flops() / seconds / 1e9,
                limit == null ? 0 : limit.bytesPerSecond(all) / 1e9,
                limit == null ? 0 : limit.flops() / 1e9,
                percent,
                bound,
                one.visited(),
                traffic.choices(),
                traffic.experts(),
                one.allocated(),
                one.paging(),
                profile(one));
    }

    private void check(BenchCase one, double percent, String bound) {
        if (percent > 100) {
            errors.add(String.format(
                    Locale.ROOT,
                    "%s with %d threads reached %.1f %% of its roofline (%s): more than all is not possible, so the"
                            + " limit was measured too low or bytes are counted that are not moved; run it again on a"
                            + " quiet machine",
                    one.workload.label(),
                    one.threads,
                    percent,
                    bound));
        }
    }

    private static @Nullable Map<String, Double> profile(BenchCase one) {
        Map<KernelTimes.Kind, Double> shares = one.profile();
        if (shares == null) {
            return null;
        }
        Map<String, Double> out = new LinkedHashMap<>();
        shares.forEach(
                (kind, share) -> out.put(kind.name().toLowerCase(Locale.ROOT), Math.round(share * 10_000) / 10_000.0));
        return out;
    }

    /** Limits in JSON, 1e9 a second. */
    static Map<String, @Nullable Object> fields(Limits.Roofline roofline) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("threads", roofline.threads());
        fields.put("read_gbps", giga(roofline.read()));
        fields.put("read_form", roofline.readForm());
        fields.put("read_anonymous_gbps", giga(roofline.anonymous()));
        fields.put("read_mapped_gbps", giga(roofline.mapped()));
        fields.put("read_working_set_gbps", giga(roofline.workingSet()));
        fields.put(roofline.arithmetic() + "_gflops", giga(roofline.flops()));
        Map<String, Object> unpack = new TreeMap<>();
        for (Map.Entry<Form, Double> form : roofline.unpack().entrySet()) {
            unpack.put(form.getKey().name().toLowerCase(Locale.ROOT), giga(form.getValue()));
        }
        fields.put("unpack_gbps", unpack);
        return fields;
    }

    private static double giga(double value) {
        return Math.round(value / 1e6) / 1e3;
    }
}
