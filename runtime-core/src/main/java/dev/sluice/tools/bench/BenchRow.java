package dev.sluice.tools.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param model the user's word for it
 * @param modelBytes bytes of all tensors
 * @param parameters learnt numbers, draft head included
 * @param nanos a time for each repetition, at least one
 * @param traffic bytes and operations of one repetition
 * @param gbps bytes over time, 1e9 a second
 * @param gflops operations over time, 1e9 a second
 * @param rooflineGbps the most that the read and the unpacking of these bytes allow
 * @param rooflineGflops f32 multiply-add peak of these threads
 * @param percent the least time that the limits allow over the time taken; null without limits
 * @param bound which limit sets the least time: read, unpack or multiply-add
 * @param visited experts that the steps of a repetition visited, in all layers
 * @param choices experts that a single token visits, in all layers
 * @param experts routed experts in all layers
 * @param allocated bytes taken from the heap in the best repetition, all threads; -1 when unknown
 * @param paging page faults and bytes from the disk
 * @param profile shares of the threads' time by kind of kernel; null when not asked for
 */
public record BenchRow(
        String model,
        String modelType,
        long modelBytes,
        long parameters,
        String backend,
        int threads,
        int batch,
        String kvType,
        Workload workload,
        List<Long> nanos,
        Traffic traffic,
        double gbps,
        double gflops,
        double rooflineGbps,
        double rooflineGflops,
        @Nullable Double percent,
        @Nullable String bound,
        long visited,
        long choices,
        long experts,
        long allocated,
        Paging paging,
        @Nullable Map<String, Double> profile) {

    /** Tokens a second, one for each repetition. */
    public List<Double> samples() {
        List<Double> rates = new ArrayList<>();
        nanos.forEach(time -> rates.add(workload.tokens() / (time / 1e9)));
        return rates;
    }

    /** Mean tokens a second. */
    public double mean() {
        return rates().mean();
    }

    /** Standard deviation of the tokens a second. */
    public double deviation() {
        return rates().deviation();
    }

    private Rates rates() {
        return Rates.of(samples().stream().mapToDouble(Double::doubleValue));
    }

    /** Fields of a JSON row: the names of llama-bench where it has them, then ours. */
    public Map<String, @Nullable Object> fields() {
        Rates times = Rates.ofLongs(nanos);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("backends", backend);
        fields.put("model_filename", model);
        fields.put("model_type", modelType);
        fields.put("model_size", modelBytes);
        fields.put("model_n_params", parameters);
        fields.put("n_batch", batch);
        fields.put("n_ubatch", batch);
        fields.put("n_threads", threads);
        fields.put("type_k", kvType);
        fields.put("type_v", kvType);
        fields.put("n_prompt", workload.prompt());
        fields.put("n_gen", workload.generated());
        fields.put("n_depth", workload.depth());
        fields.put("test", workload.label());
        fields.put("avg_ns", Math.round(times.mean()));
        fields.put("stddev_ns", Math.round(times.deviation()));
        fields.put("avg_ts", round(mean()));
        fields.put("stddev_ts", round(deviation()));
        fields.put("samples_ns", nanos);
        fields.put("samples_ts", samples().stream().map(BenchRow::round).toList());
        fields.put("percent_of_roofline", percent == null ? null : round(percent));
        fields.put("bound", bound);
        fields.put("roofline_gbps", round(rooflineGbps));
        fields.put("roofline_gflops", round(rooflineGflops));
        fields.put("gbps", round(gbps));
        fields.put("gflops", round(gflops));
        int tokens = workload.tokens();
        fields.put("bytes_per_token", traffic.bytes() / tokens);
        fields.put("bytes_weights", traffic.weights() / tokens);
        fields.put("bytes_experts", traffic.experts() / tokens);
        fields.put("bytes_state", traffic.state() / tokens);
        fields.put("bytes_kv", traffic.kv() / tokens);
        fields.put("flops_per_token", Math.round(traffic.flops() / tokens));
        fields.put("experts_visited", visited);
        fields.put("experts_per_token", choices);
        fields.put("experts_total", experts);
        fields.put("allocated_per_token", allocated < 0 ? null : round((double) allocated / tokens));
        fields.put("profile", profile);
        fields.put("read_ahead", paging.readAhead());
        fields.put("minor_faults_per_token", round(perToken(paging.pages().minor())));
        fields.put("major_faults_per_token", round(perToken(paging.pages().major())));
        fields.put("disk_bytes_per_token", Math.round(perToken(paging.pages().diskBytes())));
        Double hits = paging.expertHits();
        fields.put("expert_hits", hits == null ? null : round(hits));
        return fields;
    }

    /** Of a figure that all repetitions add up to. */
    public double perToken(long sum) {
        return (double) sum / ((long) paging.repetitions() * workload.tokens());
    }

    private static double round(double value) {
        return Double.isFinite(value) ? Double.parseDouble(String.format(Locale.ROOT, "%.4f", value)) : 0;
    }
}
