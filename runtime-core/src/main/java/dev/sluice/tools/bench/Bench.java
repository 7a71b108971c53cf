package dev.sluice.tools.bench;

import dev.sluice.KvType;
import dev.sluice.LoadOptions;
import dev.sluice.ModelReport;
import dev.sluice.cpu.CpuKernels;
import dev.sluice.cpu.CpuMemory;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.PageAdvice;
import dev.sluice.kernels.SlowPath;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.LoadedModel;
import dev.sluice.models.ModelFolder;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures a model against the limits of the machine, both in the same minutes: repetitions of all cases go round in
 * turn, forward and backward, and each round measures the limits again.
 */
public final class Bench {
    private final String name;
    private final Path folder;
    private final BenchPlan plan;
    private final BooleanSupplier stopped;
    private final BenchListener listener;
    private final @Nullable NativeTier tier;
    private final Kernels kernels;
    private final Instant begun = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<Integer, Limits> limits = new LinkedHashMap<>();
    private final Map<Integer, Limits.Roofline> rooflines = new LinkedHashMap<>();
    private final List<Runner> runners = new ArrayList<>();
    private final ExpertCount experts = new ExpertCount();

    /**
     * @param name the user's word for the model
     * @param stopped asked before each step; when true, what was measured so far is the result
     * @throws InvalidRequestException the plan asks for activations that this machine does not have
     */
    public Bench(String name, Path folder, BenchPlan plan, BooleanSupplier stopped, BenchListener listener) {
        this.name = name;
        this.folder = folder;
        this.plan = plan;
        this.tier = plan.activations().tier().orElse(null);
        // not those that begin as scalar ones: their rate may stand still before vectors take over, and end the warm-up
        this.kernels = tier != null || Kernels.slowPath().isPresent() ? CpuKernels.of(tier) : Kernels.vector();
        this.stopped = stopped;
        this.listener = listener;
    }

    /** Threads without a wish: the physical cores that this process may use. */
    public static int defaultThreads() {
        return ThreadTeam.defaultSize();
    }

    /**
     * Runs the plan.
     *
     * @throws dev.sluice.error.SluiceException the model cannot be loaded, or a test needs a larger context than it has
     */
    public BenchReport run() {
        ModelReport report = ModelReport.of(folder, LoadOptions.DEFAULTS);
        checkContext(report);
        MemoryFigures memory = new MemoryFigures(report);
        ModelReport.Memory budget = memory.budget(plan.tests());
        budget.warning().ifPresent(listener::warning);
        warnOfThreads();
        TrafficModel traffic;
        List<BenchCase> cases;
        boolean complete;
        MemoryFigures.Open open;
        try (LoadedModel model = ModelFolder.open(folder, new dev.sluice.models.LoadOptions(null))) {
            Dtype kvType = plan.kvType() == KvType.BF16 ? Dtype.BF16 : Dtype.F32;
            plan.activations()
                    .tier()
                    .flatMap(asked -> CpuKernels.idle(asked, model.weights()))
                    .ifPresent(listener::warning);
            traffic = new TrafficModel(model.architecture(), model.weights(), kvType);
            cases = cases(model, kvType, advice(budget));
            complete = measure(traffic, cases, report.memory().available());
            if (!budget.staysInMemory() && traffic.experts() > 0) {
                look(model, cases);
            }
            profile(model, kvType, cases, advice(budget));
            CpuMemory shapes = new CpuMemory(model.architecture(), kvType);
            open = memory.open(traffic, new MemoryForecast(shapes, plan.tests()), runners, experts.different());
        } finally {
            close();
        }
        Map<String, @Nullable Object> environment = environment();
        environment.put("memory", open.fields(MemoryFigures.closed()));
        return new BenchReportMaker(name, report, traffic, kernels.name(), plan, rooflines)
                .report(cases, environment, complete);
    }

    private void checkContext(ModelReport report) {
        for (Workload test : plan.tests()) {
            if (test.positions() > report.nativeContext()) {
                throw new InvalidRequestException("test " + test.label() + " needs " + test.positions()
                        + " positions, and " + name + " was made for " + report.nativeContext());
            }
        }
    }

    private void warnOfThreads() {
        int cores = ThreadTeam.defaultSize();
        plan.threads().stream()
                .filter(n -> n > cores)
                .forEach(n -> listener.warning(n + " threads on " + cores + (cores == 1 ? " core" : " cores")
                        + ": they take turns and wait for each other, so the figures will be low"));
        Kernels.slowPath().map(SlowPath::message).ifPresent(listener::warning);
        if (plan.tests().stream().anyMatch(test -> test.depth() > 0)) {
            listener.warning("keys, values and states before a depth are seeded numbers, not a prompt's");
        }
    }

    private PageAdvice advice(ModelReport.Memory budget) {
        boolean ask = switch (plan.readAhead()) {
            case AUTO -> !budget.staysInMemory();
            case ON -> true;
            case OFF -> false;
        };
        return ask ? PageAdvice.ofThisSystem() : PageAdvice.NONE;
    }

    private void look(LoadedModel model, List<BenchCase> cases) {
        listener.step("asking how many of the chosen experts are in memory");
        for (BenchCase one : cases) {
            one.look(new ExpertHits(model.weights(), PageAdvice.ofThisSystem()));
        }
    }

    private List<BenchCase> cases(LoadedModel model, Dtype kvType, PageAdvice experts) {
        int context = plan.tests().stream().mapToInt(Workload::positions).max().orElseThrow();
        List<BenchCase> cases = new ArrayList<>();
        for (int threads : plan.threads()) {
            ThreadTeam team = opened(ThreadTeam.of(threads));
            for (int batch : plan.batches()) {
                Runner runner = opened(new Runner(model, kernels, team, kvType, batch, context, experts, stopped));
                runners.add(runner);
                plan.tests().forEach(test -> cases.add(new BenchCase(test, threads, batch, runner)));
            }
        }
        return cases;
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    /** Everything that is timed; false when stopped. */
    private boolean measure(TrafficModel traffic, List<BenchCase> cases, long available) {
        for (BenchCase one : cases) {
            one.count(traffic, experts);
            if (stopped.getAsBoolean() || (plan.warmUp() && !one.warmUp(listener))) {
                return false;
            }
        }
        try (Arena arena = Arena.ofShared()) {
            openLimits(arena, traffic, available);
            try {
                return rounds(cases);
            } finally {
                limits.values().forEach(Limits::close);
            }
        }
    }

    private void openLimits(Arena arena, TrafficModel traffic, long available) {
        if (Kernels.slowPath().isPresent()) {
            return;
        }
        listener.step("measuring what this machine can do at most"
                + (plan.quick() ? ", on memory that a cache may hold: shares of that come out low" : ""));
        long probed = plan.quick() ? Limits.SMALL : Limits.LARGE;
        Limits.Memory memory = Limits.Memory.of(
                arena, ModelFile.map(folder, arena), traffic.workingSet(), Math.min(available / 4, probed));
        for (int threads : plan.threads()) {
            limits.put(threads, new Limits(opened(ThreadTeam.of(threads)), memory, traffic.forms(), tier));
        }
        measureLimits();
    }

    private void measureLimits() {
        limits.forEach((threads, limit) -> rooflines.put(threads, limit.measure()));
    }

    private boolean rounds(List<BenchCase> cases) {
        for (int round = 1; round <= plan.repetitions(); round++) {
            for (BenchCase one : round % 2 == 1 ? cases : cases.reversed()) {
                if (!one.repeat()) {
                    return false;
                }
                double seconds = one.nanos().getLast() / 1e9;
                listener.repetition(one.workload.label(), round, plan.repetitions(), one.workload.tokens() / seconds);
            }
            measureLimits();
        }
        return true;
    }

    /** On kernels that keep time, behind everything else: the figures of the table know nothing of them. */
    private void profile(LoadedModel model, Dtype kvType, List<BenchCase> cases, PageAdvice experts) {
        if (!plan.profile()) {
            return;
        }
        for (BenchCase one : cases) {
            KernelTimes times = new KernelTimes(one.threads);
            try (ThreadTeam team = ThreadTeam.of(one.threads);
                    Runner runner = new Runner(
                            model,
                            new TimedKernels(kernels, times),
                            times.watch(team),
                            kvType,
                            one.batch,
                            one.workload.positions(),
                            experts,
                            stopped)) {
                one.profile(runner, times);
            }
        }
    }

    private Map<String, @Nullable Object> environment() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("test_time", begun.toString());
        fields.put("cpu_info", ProcessFigures.processor());
        fields.put("cores", ThreadTeam.defaultSize());
        fields.put("jvm", ProcessFigures.jvm());
        fields.put("jvm_flags", ProcessFigures.jvmFlags());
        fields.put("kernels", kernels.name());
        fields.put("slow_paths", Kernels.slowPath().map(Enum::name).stream().toList());
        fields.put(
                "limits",
                rooflines.values().stream().map(BenchReportMaker::fields).toList());
        return fields;
    }

    private void close() {
        for (AutoCloseable resource : open.reversed()) {
            try {
                resource.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
