package dev.sluice;

import dev.sluice.engine.Engine;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelBrokenException;
import dev.sluice.kernels.ThreadTeam;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A runtime: the threads that compute, shared by all models loaded through it. One per process is enough; several
 * compete for the cores.
 *
 * <pre>{@code
 * try (Sluice sluice = Sluice.open();
 *         Model model = sluice.load(Path.of("models/sluice-tiny-fp8"), LoadOptions.DEFAULTS)) {
 *     Reply reply = model.generate(Prompt.user("Tell me a story."), Options.DEFAULTS).await();
 *     System.out.println(reply.content());
 * }
 * }</pre>
 */
public final class Sluice implements AutoCloseable {
    private final ThreadTeam team;
    private final Engine engine;
    private final List<Model> models = new ArrayList<>();
    private boolean closed;

    private Sluice(int threads) {
        team = ThreadTeam.of(threads);
        engine = new Engine("sluice-engine");
    }

    /** A runtime on all physical cores that this process may use. */
    public static Sluice open() {
        return open(ThreadTeam.defaultSize());
    }

    /** A runtime with this many threads, the one that drives the others included. */
    public static Sluice open(int threads) {
        if (threads < 1 || threads > 1024) {
            throw new InvalidRequestException("threads is " + threads + ", expected 1 to 1024");
        }
        return new Sluice(threads);
    }

    /** Threads that compute. */
    public int threads() {
        return team.size();
    }

    /**
     * Loads a model from its folder. The weights are mapped, not read: the first answer waits for the disk.
     *
     * @throws dev.sluice.error.ModelNotFoundException no model there
     * @throws dev.sluice.error.InvalidModelException its files are damaged or contradict each other
     * @throws dev.sluice.error.UnsupportedModelException a model or a format that Sluice does not run
     * @throws dev.sluice.error.MemoryBudgetException the context does not fit
     * @throws InvalidRequestException the options ask for what this machine or this model does not have
     */
    public Model load(Path folder, LoadOptions options) {
        return load(folder, options, LoadListener.NONE);
    }

    /** As {@link #load(Path, LoadOptions)}, telling how far it is: 80 billion parameters take seconds. */
    public Model load(Path folder, LoadOptions options, LoadListener listener) {
        requireOpen();
        Model model = new Model(engine, ModelLoader.load(folder, options, team, listener), this::forget);
        synchronized (models) {
            if (!closed) {
                models.add(model);
                return model;
            }
        }
        model.close();
        throw new ModelBrokenException("the Sluice runtime was closed while the model was loaded");
    }

    /** Closes all models, then ends the threads. */
    @Override
    public void close() {
        List<Model> open;
        synchronized (models) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(models);
        }
        open.forEach(Model::close);
        engine.close();
        team.close();
    }

    private void forget(Model model) {
        synchronized (models) {
            models.remove(model);
        }
    }

    private void requireOpen() {
        synchronized (models) {
            if (closed) {
                throw new ModelBrokenException("the Sluice runtime is closed; open another one");
            }
        }
    }
}
