package dev.sluice.models;

import dev.sluice.error.ModelNotFoundException;
import dev.sluice.error.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where models are found by name: known folders, which hold a model as {@code NAME} or {@code OWNER/NAME}, and the local
 * Hugging Face cache. Read only; nothing is downloaded.
 */
public final class ModelStore {
    private static final List<String> WEIGHT_FILES = List.of(".safetensors", ".gguf");

    private static final Set<String> PARTS = Set.of("tokenizer.json", "tokenizer_config.json", "chat_template.jinja");

    private final List<Path> folders;
    private final HubCache cache;

    private ModelStore(List<Path> folders, HubCache cache) {
        this.folders = List.copyOf(folders);
        this.cache = cache;
    }

    /**
     * A store.
     *
     * @param folders known folders, the first that has a name wins
     * @param environment may move the cache: {@code HF_HUB_CACHE}, {@code HF_HOME}
     * @param home the user's, where the cache lies by default
     */
    public static ModelStore of(List<Path> folders, Map<String, String> environment, Path home) {
        return new ModelStore(folders, HubCache.of(environment, home));
    }

    /**
     * A model that lies here, whole or not.
     *
     * @param name what {@link #resolve} finds it by
     */
    public record Found(String name, Path folder) {}

    /** Where names are looked for, in this order; folders that do not exist included. */
    public List<Path> places() {
        List<Path> places = new ArrayList<>(folders);
        places.add(cache.hub());
        return List.copyOf(places);
    }

    /**
     * The folder that a user's word for a model means: a folder, a file in one, a name in a known folder, or
     * {@code owner/name[@revision]} in the Hugging Face cache.
     *
     * @throws ModelNotFoundException when it means nothing here
     */
    public Path resolve(String reference) {
        Path path;
        try {
            path = Path.of(reference);
        } catch (InvalidPathException e) {
            throw new ModelNotFoundException("\"" + reference + "\" is neither a path nor owner/name", e);
        }
        if (reference.isEmpty()) {
            throw new ModelNotFoundException("the name of the model is empty" + advice(reference));
        }
        if (Files.isDirectory(path)) {
            return path;
        }
        if (Files.exists(path)) {
            return folderOf(path);
        }
        Optional<Path> known = inFolders(path);
        if (known.isPresent()) {
            return known.get();
        }
        if (!HubCache.isReference(reference)) {
            throw new ModelNotFoundException(reference + " does not exist" + advice(reference));
        }
        return cache.snapshot(reference).orElseThrow(() -> notCached(reference));
    }

    private Optional<Path> inFolders(Path name) {
        if (name.isAbsolute() || name.toString().isEmpty() || !name.equals(name.normalize()) || name.startsWith("..")) {
            return Optional.empty();
        }
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(ModelStore::holdsModel)
                .findFirst();
    }

    private static Path folderOf(Path file) {
        if (file.toString().endsWith(".gguf")) {
            throw new UnsupportedModelException(file + " is a GGUF file, which Sluice does not read; "
                    + "give the folder of a safetensors checkpoint");
        }
        Path folder = file.toAbsolutePath().getParent();
        boolean part = PARTS.contains(String.valueOf(file.getFileName())); // even when it is all there is
        if (folder == null || !(part || holdsModel(folder))) {
            throw new ModelNotFoundException(file + " is a file, and no model lies beside it; expected the folder of a"
                    + " model, with config.json and *.safetensors in it");
        }
        return folder;
    }

    private ModelNotFoundException notCached(String reference) {
        return new ModelNotFoundException(reference + " is no folder here, and not in the local cache (looked for "
                + cache.wanted(reference) + ")" + advice(reference) + ", or fetch it with \"hf download "
                + reference.replaceFirst("@.*", "") + "\"");
    }

    private String advice(String reference) {
        return ClosestName.of(reference, list().stream().map(Found::name).toList())
                        .map(name -> ". Did you mean " + name + "?")
                        .orElse(".")
                + " Give the folder of a model, or one of the names that \"sluice ls\" lists";
    }

    /** Everything that looks like a model, in the order of {@link #places}; what a name finds first stands for it. */
    public List<Found> list() {
        List<Found> all = new ArrayList<>();
        for (Path folder : folders) {
            for (Path child : children(folder)) {
                addModels(folder, child, all);
            }
        }
        all.addAll(cache.snapshots());
        List<Found> first = new ArrayList<>();
        for (Found found : all) {
            if (first.stream().noneMatch(other -> other.name().equals(found.name()))) {
                first.add(found);
            }
        }
        return List.copyOf(first);
    }

    private static void addModels(Path root, Path child, List<Found> out) {
        if (holdsModel(child)) {
            out.add(new Found(root.relativize(child).toString(), child));
            return;
        }
        for (Path grandchild : children(child)) {
            if (holdsModel(grandchild)) {
                out.add(new Found(root.relativize(grandchild).toString(), grandchild));
            }
        }
    }

    private static boolean holdsModel(Path folder) {
        if (Files.exists(folder.resolve("config.json"))) {
            return true;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ModelStore::isWeights)) {
            return files.iterator().hasNext();
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return false;
        }
    }

    private static boolean isWeights(Path file) {
        return WEIGHT_FILES.stream().anyMatch(file.toString()::endsWith);
    }

    /** Sub-folders in order of name; none when the folder cannot be read. */
    static List<Path> children(Path folder) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, Files::isDirectory)) {
            all.forEach(children::add);
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return List.of();
        }
        children.sort(null);
        return children;
    }
}
