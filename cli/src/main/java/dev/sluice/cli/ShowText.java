package dev.sluice.cli;

import dev.sluice.Json;
import dev.sluice.ModelReport;
import dev.sluice.ModelReport.Memory;
import dev.sluice.ModelReport.Part;
import dev.sluice.Options;
import dev.sluice.cli.Settings.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ModelReport} for people and for programs.
 *
 * @param settings may say otherwise than the model about sampling
 */
record ShowText(ModelReport report, Settings settings) {
    String text() {
        StringBuilder out = new StringBuilder();
        line(out, "model", report.name() + " (" + report.modelType() + ", " + report.form() + ")");
        line(out, "layers", report.layerMap());
        report.kinds().forEach(kind -> line(out, "", kind));
        line(
                out,
                "size",
                String.format(
                        "hidden %,d, vocabulary %,d, made for %,d tokens",
                        report.hiddenSize(), report.vocabSize(), report.nativeContext()));
        line(
                out,
                "parameters",
                Sizes.count(report.trunkParameters())
                        + (report.mtpParameters() == 0 ? "" : ", draft head " + Sizes.count(report.mtpParameters())));
        String label = "weights";
        for (Part part : report.parts()) {
            String text = String.format("%12s  %-8s %s", Sizes.bytes(part.bytes()), part.form(), part.name());
            line(out, label, text);
            label = "";
        }
        memory(out, report.memory());
        sampling(out);
        return out.toString();
    }

    private static void memory(StringBuilder out, Memory memory) {
        line(out, "memory", String.format("%12s  weights, mapped from the files", Sizes.bytes(memory.weights())));
        line(
                out,
                "",
                String.format("%12s  keys and values of %,d tokens", Sizes.bytes(memory.cache()), memory.context()));
        line(out, "", String.format("%12s  recurrent state", Sizes.bytes(memory.state())));
        line(
                out,
                "",
                String.format("%12s  buffers of prompts and threads, rotary angles", Sizes.bytes(memory.scratch())));
        line(
                out,
                "",
                String.format("%12s  in all, the JVM's own apart; %s", Sizes.bytes(memory.total()), verdict(memory)));
    }

    private static String verdict(Memory memory) {
        if (memory.available() == Long.MAX_VALUE) {
            return "what this machine has is not known";
        }
        String available = Sizes.bytes(memory.available()) + " are available";
        if (!memory.runs()) {
            return available + ", too little: use a smaller context (-c)";
        }
        return memory.staysInMemory()
                ? available
                : available + ": weights are read from disk again and again, which is slow";
    }

    private void sampling(StringBuilder out) {
        String label = "sampling";
        for (Choice choice : choices()) {
            line(out, label, String.format("%-20s %-6s %s", choice.name, choice.value, choice.source));
            label = "";
        }
    }

    /** The value of a run without flags, and where it comes from. */
    private record Choice(String name, Object value, String source) {}

    private List<Choice> choices() {
        Options model = report.sampling();
        return List.of(
                choice("temperature", "temp", model.temperature(), 1.0),
                choice("top_k", "top-k", model.topK(), 0),
                choice("top_p", "top-p", model.topP(), 1.0),
                choice("min_p", "min-p", model.minP(), 0.0),
                choice("repetition_penalty", "repeat-penalty", model.repetitionPenalty(), 1.0));
    }

    private Choice choice(String name, String setting, @Nullable Object recommended, Object otherwise) {
        Choice own = recommended == null
                ? new Choice(name, otherwise, "default of Sluice")
                : new Choice(name, recommended, "from generation_config.json");
        Setting set = settings.find(setting);
        return set == null ? own : new Choice(name, set.value(), "from " + set.origin());
    }

    private static void line(StringBuilder out, String label, String text) {
        out.append(String.format("%-12s%s%n", label, text));
    }

    String json() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("folder", report.name());
        fields.put("model_type", report.modelType());
        fields.put("layers", report.layers());
        fields.put("layer_map", report.layerMap());
        fields.put("kinds", report.kinds());
        fields.put("hidden_size", report.hiddenSize());
        fields.put("vocab_size", report.vocabSize());
        fields.put("native_context", report.nativeContext());
        fields.put("format", report.form());
        fields.put("trunk_parameters", report.trunkParameters());
        fields.put("mtp_parameters", report.mtpParameters());
        List<Map<String, Object>> parts = new ArrayList<>();
        for (Part part : report.parts()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", part.name());
            entry.put("form", part.form());
            entry.put("tensors", part.tensors());
            entry.put("bytes", part.bytes());
            parts.add(entry);
        }
        fields.put("weights", parts);
        fields.put("memory", memory(report.memory()));
        Map<String, Object> sampling = new LinkedHashMap<>();
        for (Choice choice : choices()) {
            sampling.put(choice.name, Map.of("value", choice.value, "source", choice.source));
        }
        fields.put("sampling", sampling);
        fields.put("warnings", report.warnings());
        return Json.write(fields) + "\n";
    }

    private static Map<String, @Nullable Object> memory(Memory memory) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("context", memory.context());
        fields.put("weights", memory.weights());
        fields.put("kv_cache", memory.cache());
        fields.put("recurrent_state", memory.state());
        fields.put("scratch_estimate", memory.scratch());
        fields.put("total", memory.total());
        fields.put("available", memory.available() == Long.MAX_VALUE ? null : memory.available());
        fields.put("runs", memory.runs());
        fields.put("stays_in_memory", memory.staysInMemory());
        return fields;
    }
}
