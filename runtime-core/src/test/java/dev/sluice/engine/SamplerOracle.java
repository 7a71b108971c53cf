package dev.sluice.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The sampler as one would write it on paper: doubles, a full sort, a map from id to probability. */
final class SamplerOracle {
    private final SamplingOptions options;
    private final Map<Integer, Integer> outputs = new HashMap<>();
    private final List<Integer> prompt = new ArrayList<>();

    SamplerOracle(SamplingOptions options) {
        this.options = options;
    }

    void prompt(int id) {
        prompt.add(id);
    }

    void accept(int id) {
        outputs.merge(id, 1, Integer::sum);
    }

    /** Probability of every id that may be drawn, in id order. */
    TreeMap<Integer, Double> distribution(float[] row) {
        float[] logits = row.clone();
        options.logitBias().forEach((id, bias) -> logits[id] = (float) (logits[id] + bias));
        for (int id = 0; id < logits.length; id++) {
            int times = outputs.getOrDefault(id, 0);
            if (times > 0 || prompt.contains(id)) {
                double z = logits[id];
                z = z > 0 ? z / options.repetitionPenalty() : z * options.repetitionPenalty();
                z -= times > 0 ? times * options.frequencyPenalty() + options.presencePenalty() : 0;
                logits[id] = (float) z;
            }
        }
        List<Integer> sorted = new ArrayList<>();
        for (int id = 0; id < logits.length; id++) {
            sorted.add(id);
        }
        sorted.sort(Comparator.comparing((Integer id) -> -logits[id]).thenComparing(id -> id));
        TreeMap<Integer, Double> kept = new TreeMap<>();
        if (options.temperature() == 0) {
            kept.put(sorted.getFirst(), 1.0);
            return kept;
        }
        if (options.topK() > 0 && options.topK() < sorted.size()) {
            sorted = sorted.subList(0, options.topK());
        }
        double best = logits[sorted.getFirst()];
        double total = 0;
        for (int id : sorted) {
            total += Math.exp((logits[id] - best) / options.temperature());
        }
        double sum = 0;
        for (int id : sorted) {
            double p = Math.exp((logits[id] - best) / options.temperature()) / total;
            if (sum >= options.topP() && options.topP() < 1) {
                break;
            }
            sum += p;
            if (p >= options.minP() / total) {
                kept.put(id, p);
            }
        }
        double mass = kept.values().stream().mapToDouble(p -> p).sum();
        kept.replaceAll((id, p) -> p / mass);
        return kept;
    }

    /** The id at {@code u} of the cumulative distribution in id order. */
    static int draw(TreeMap<Integer, Double> distribution, double u) {
        double sum = 0;
        for (var entry : distribution.entrySet()) {
            sum += entry.getValue();
            if (u < sum) {
                return entry.getKey();
            }
        }
        return distribution.lastKey();
    }
}
