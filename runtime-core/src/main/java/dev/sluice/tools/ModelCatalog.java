package dev.sluice.tools;

import dev.sluice.LoadOptions;
import dev.sluice.ModelReport;
import dev.sluice.error.SluiceException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.models.ModelFolder;
import dev.sluice.models.ModelStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The models that lie on this machine, and how a name finds one. */
public final class ModelCatalog {
    private final ModelStore store;

    private ModelCatalog(ModelStore store) {
        this.store = store;
    }

    /** Whether a model can be run. */
    public enum State {
        READY,
        /** Files are missing. */
        INCOMPLETE,
        /** A kind of model, or a format, that Sluice does not run. */
        UNSUPPORTED,
        /** Its files are broken or contradict each other. */
        DAMAGED
    }

    /**
     * A model.
     *
     * @param name what {@link #resolve} finds it by
     * @param bytes of its weights; of the files with weights where they cannot be read
     * @param report what it is, when its headers could be read
     * @param problem why it is not ready
     */
    public record Entry(
            String name,
            Path folder,
            State state,
            long bytes,
            @Nullable ModelReport report,
            @Nullable String problem) {}

    /**
     * Looks into folders and the Hugging Face cache.
     *
     * @param folders hold models as {@code NAME} or {@code OWNER/NAME}; need not exist
     * @param environment may move the cache: {@code HF_HUB_CACHE}, {@code HF_HOME}
     * @param home the user's
     */
    public static ModelCatalog of(List<Path> folders, Map<String, String> environment, Path home) {
        return new ModelCatalog(ModelStore.of(folders, environment, home));
    }

    /** Where it looks, in this order; folders that do not exist included. */
    public List<Path> places() {
        return store.places();
    }

    /**
     * The folder that a word for a model means: a folder, a file in one, a name in a known folder, or
     * {@code owner/name[@revision]} in the Hugging Face cache.
     *
     * @throws dev.sluice.error.ModelNotFoundException when it means nothing here
     */
    public Path resolve(String reference) {
        return store.resolve(reference);
    }

    /** Examines the headers of every model; {@code examining} hears the name of each before. */
    public List<Entry> entries(Consumer<String> examining) {
        List<Entry> entries = new ArrayList<>();
        for (ModelStore.Found found : store.list()) {
            examining.accept(found.name());
            entries.add(entry(found));
        }
        return List.copyOf(entries);
    }

    private static Entry entry(ModelStore.Found found) {
        Path folder = found.folder();
        try {
            List<String> missing = ModelFolder.missing(folder);
            if (!missing.isEmpty()) {
                String text =
                        missing.getFirst() + (missing.size() == 1 ? "" : " and " + (missing.size() - 1) + " more");
                return broken(found, State.INCOMPLETE, text + " missing");
            }
            ModelReport report = ModelReport.of(folder, LoadOptions.DEFAULTS);
            return new Entry(found.name(), folder, State.READY, report.memory().weights(), report, null);
        } catch (UnsupportedModelException e) {
            return broken(found, State.UNSUPPORTED, message(folder, e));
        } catch (SluiceException e) {
            return broken(found, State.DAMAGED, message(folder, e));
        }
    }

    private static Entry broken(ModelStore.Found found, State state, String problem) {
        return new Entry(found.name(), found.folder(), state, ModelFolder.fileBytes(found.folder()), null, problem);
    }

    /** The list says the folder already. */
    private static String message(Path folder, SluiceException e) {
        String message = String.valueOf(e.getMessage());
        String prefix = folder + ": ";
        return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
    }
}
