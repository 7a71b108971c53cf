package dev.sluice;

import dev.sluice.cpu.CpuExecutor;
import dev.sluice.cpu.CpuKernels;
import dev.sluice.cpu.CpuOptions;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.PageAdvice;
import dev.sluice.kernels.SlowPath;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.Architecture;
import dev.sluice.models.GenerationDefaults;
import dev.sluice.models.LoadedModel;
import dev.sluice.models.ModelFolder;
import dev.sluice.models.checkpoint.FolderFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** From a folder to the parts of a {@link Model}. */
final class ModelLoader {
    private final Path folder;
    private final LoadOptions options;
    private final LoadedModel files;
    private final Architecture architecture;

    private ModelLoader(Path folder, LoadOptions options, LoadedModel files) {
        this.folder = folder;
        this.options = options;
        this.files = files;
        this.architecture = files.architecture();
    }

    static Model.Parts load(Path folder, LoadOptions options, ThreadTeam team, LoadListener listener) {
        Kernels kernels = CpuKernels.of(options.activations().tier().orElse(null));
        // as long as opening the weights, on another core
        FutureTask<ModelText> text = new FutureTask<>(() -> text(folder, options));
        Thread.ofPlatform().daemon().name("sluice-tokenizer").start(text);
        LoadedModel files =
                ModelFolder.open(folder, new dev.sluice.models.LoadOptions(options.ropeFactor()), listener::progress);
        try {
            return new ModelLoader(folder, options, files).parts(kernels, team, result(text));
        } catch (RuntimeException | Error e) {
            files.close();
            throw e;
        }
    }

    private static ModelText text(Path folder, LoadOptions options) {
        FolderFiles files = new FolderFiles(folder);
        return new ModelText(TokenizerFile.load(files), ChatTemplateFile.load(files, options.chatTemplate()));
    }

    private static ModelText result(FutureTask<ModelText> text) {
        try {
            return text.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException refused -> throw refused;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InvalidRequestException("interrupted while the model was loaded", e);
        }
    }

    private Model.Parts parts(Kernels kernels, ThreadTeam team, ModelText text) {
        long available = AvailableMemory.bytes();
        MemoryPlan plan = new MemoryPlan(architecture, options, ModelFolder.fileBytes(folder), team.size(), available);
        SequenceMemory memory = plan.sequence();
        ContextChoice choice = plan.choice();
        int context = contextLength(memory, choice, available);
        ModelReport.Memory budget = plan.at(context);
        ModelInfo info = new ModelInfo(
                folder,
                architecture.modelType(),
                context,
                architecture.maxPositions(),
                architecture.vocabSize(),
                text.hasTemplate(),
                kernels.name(),
                memory.fixed(),
                memory.perToken(),
                warnings(choice, budget));
        CpuExecutor executor = new CpuExecutor(
                architecture,
                files.weights(),
                kernels,
                team,
                new CpuOptions(
                        MemoryPlan.dtype(options.kvType()),
                        options.prefillChunk(),
                        context,
                        budget.staysInMemory() ? PageAdvice.NONE : PageAdvice.ofThisSystem()));
        GenerationDefaults defaults = files.generationDefaults();
        return new Model.Parts(
                info,
                sampling(defaults),
                defaults.eosTokenIds(),
                watched(executor),
                files::close,
                text,
                memory,
                options.prefillChunk());
    }

    /** Where native code reads the weights, a page that is gone ends the process: the files are looked at before each step. */
    private WatchedExecutor watched(CpuExecutor executor) {
        boolean everyStep = options.activations().tier().isPresent();
        return new WatchedExecutor(executor, files::change, System::nanoTime, everyStep ? 0 : WatchedExecutor.SHARE);
    }

    private List<String> warnings(ContextChoice choice, ModelReport.Memory budget) {
        List<String> warnings = new ArrayList<>(files.warnings());
        if (options.contextLength() == null) {
            choice.note().ifPresent(warnings::add);
        }
        budget.warning().ifPresent(warnings::add);
        Kernels.slowPath().map(SlowPath::message).ifPresent(warnings::add);
        options.activations()
                .tier()
                .flatMap(tier -> CpuKernels.idle(tier, files.weights()))
                .ifPresent(warnings::add);
        return warnings;
    }

    private int contextLength(SequenceMemory memory, ContextChoice choice, long available) {
        Integer wished = options.contextLength();
        int most = architecture.maxPositions();
        if (wished == null) {
            if (choice.tokens() < 2) {
                memory.check(Math.min(most, ContextChoice.LEAST), choice.usable() / 2);
            }
            return choice.tokens();
        }
        ContextChoice.requirePositions(wished, most, folder.toString());
        memory.check(wished, available);
        return wished;
    }

    /** {@code do_sample} false recommends greedy decoding. */
    static Options sampling(GenerationDefaults defaults) {
        boolean greedy = Boolean.FALSE.equals(defaults.sample());
        Options none = Options.DEFAULTS;
        return new Options(
                none.maxTokens(),
                greedy ? Double.valueOf(0) : defaults.temperature(),
                defaults.topK(),
                defaults.topP(),
                defaults.minP(),
                defaults.repetitionPenalty(),
                none.presencePenalty(),
                none.frequencyPenalty(),
                none.logitBias(),
                none.seed(),
                none.stop(),
                none.think(),
                none.templateVariables());
    }
}
