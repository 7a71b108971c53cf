package dev.sluice.cli;

import dev.sluice.KvType;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.tools.bench.Bench;
import dev.sluice.tools.bench.BenchPlan;
import dev.sluice.tools.bench.NumberList;
import dev.sluice.tools.bench.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which tests a benchmark runs; the spelling is llama-bench's. */
final class BenchFlags {
    private static final int MOST_THREADS = 1024;
    private static final int MOST_BATCH = 8192;

    private @Nullable String tests;
    private List<String> prompts = List.of();
    private List<String> generations = List.of();
    private List<String> pairs = List.of();
    private List<String> depths = List.of();
    private String repetitions = "5";
    private List<String> threads = List.of();
    private List<String> batches = List.of();
    private KvType kvType = KvType.BF16;
    private final ActivationsFlag activations = new ActivationsFlag();
    private BenchPlan.ReadAhead readAhead = BenchPlan.ReadAhead.AUTO;
    private boolean noWarmUp;
    private boolean profile;
    private boolean quick;

    void addTo(Flags flags) {
        flags.option("--tests=LIST", "Tests such as pp512,tg128,pg512,128 or tg64@d4096. Default: pp512,tg128.")
                .value(String.class, given -> tests = given);
        flags.option(
                        "-p, --n-prompt=N",
                        "Prompt lengths, in place of --tests: lists 128,512, ranges 128-512+128 or 128-2048*2; 0: none.")
                .list(String.class, all -> prompts = all);
        flags.option("-n, --n-gen=N", "Numbers of tokens one by one, the same way.")
                .list(String.class, all -> generations = all);
        flags.option("-pg=P,N", "A prompt and then single tokens.").list(String.class, all -> pairs = all);
        flags.option(
                        "-d, --n-depth=N",
                        "Run the tests with N tokens before them. Their keys, values and states are seeded numbers."
                                + " Default: 0.")
                .list(String.class, all -> depths = all);
        flags.option("-r, --repetitions=N", "Timed runs of each test, in turn with the others. Default: 5.")
                .value(String.class, repetitions, given -> repetitions = given);
        flags.option("-t, --threads=N", "Numbers of threads. Default: the physical cores this process may use.")
                .list(String.class, all -> threads = all);
        flags.option("-b, --batch-size=N", "Tokens of a prompt run in one step. Default: 512.")
                .list(String.class, all -> batches = all);
        flags.option("--kv-type=bf16|f32", "Type of cached keys and values. Default: bf16.")
                .value(KvType.class, kvType, given -> kvType = given);
        activations.addTo(flags);
        flags.option(
                        "--read-ahead=auto|on|off",
                        "Ask for chosen experts before their use. auto: when the model is larger than memory.")
                .value(BenchPlan.ReadAhead.class, readAhead, given -> readAhead = given);
        flags.option("--no-warmup", "No runs before the timed ones.").flag(on -> noWarmUp = on);
        flags.option(
                        "--profile",
                        "Also say where the time goes: one more run of each test, with a clock at every kernel.")
                .flag(on -> profile = on);
        flags.option(
                        "--quick",
                        "A first look: measure the limits on memory that a cache may hold, which makes them high and"
                                + " the shares of them low.")
                .flag(on -> quick = on);
    }

    BenchPlan plan() {
        List<Integer> counts = NumberList.parse("-r", repetitions, 1, 1000);
        if (counts.size() != 1) {
            throw new InvalidRequestException("-r is " + repetitions + ", expected one number");
        }
        return new BenchPlan(
                workloads(),
                threads.isEmpty() ? List.of(Bench.defaultThreads()) : numbers("-t", threads, 1, MOST_THREADS),
                batches.isEmpty() ? List.of(512) : numbers("-b", batches, 1, MOST_BATCH),
                kvType,
                activations.type(),
                counts.getFirst(),
                !noWarmUp,
                readAhead,
                profile,
                quick);
    }

    private List<Workload> workloads() {
        List<Integer> at = depths.isEmpty() ? List.of(0) : numbers("-d", depths, 0, Workload.MOST);
        boolean lists = !prompts.isEmpty() || !generations.isEmpty() || !pairs.isEmpty();
        if (tests != null && lists) {
            throw new InvalidRequestException("--tests and -p, -n, -pg name tests in two ways; use one of them");
        }
        if (!lists) {
            return Workload.parse(tests == null ? "pp512,tg128" : tests, at);
        }
        List<Workload> out = new ArrayList<>();
        for (int depth : at) {
            numbers("-p", prompts, 0, Workload.MOST).stream()
                    .filter(n -> n > 0)
                    .forEach(n -> out.add(new Workload(n, 0, depth)));
            numbers("-n", generations, 0, Workload.MOST).stream()
                    .filter(n -> n > 0)
                    .forEach(n -> out.add(new Workload(0, n, depth)));
            for (String pair : pairs) {
                List<Integer> both = NumberList.parse("-pg", pair, 0, Workload.MOST);
                if (both.size() != 2) {
                    throw new InvalidRequestException("-pg is " + pair + ", expected two numbers such as 512,128");
                }
                out.add(new Workload(both.get(0), both.get(1), depth));
            }
        }
        return out.stream().distinct().toList();
    }

    private static List<Integer> numbers(String option, List<String> texts, int least, int greatest) {
        List<Integer> all = new ArrayList<>();
        texts.forEach(text -> all.addAll(NumberList.parse(option, text.toLowerCase(Locale.ROOT), least, greatest)));
        return all.stream().distinct().toList();
    }
}
