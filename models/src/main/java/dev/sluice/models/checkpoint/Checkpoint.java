package dev.sluice.models.checkpoint;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.SluiceException;
import dev.sluice.error.UnsupportedModelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All tensors of a model folder: one {@code model.safetensors}, or the shards of an index, and a draft head in a file of
 * its own. Every tensor lies in exactly one file, and index and files agree on which. Mappings belong to the arena.
 */
public final class Checkpoint implements TensorStore {
    private static final String SINGLE = "model.safetensors";

    /** Draft heads are also published beside the trunk, with or without a line in the index. */
    private static final List<String> EXTRAS = List.of("mtp.safetensors", "model_mtp.safetensors");

    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, Safetensors> files = new LinkedHashMap<>();
    private final Set<String> opened = new LinkedHashSet<>();
    private final Refusals refusals;
    private final List<Safetensors> mapped = new ArrayList<>();
    private boolean mlx;

    private Checkpoint(Refusals refusals) {
        this.refusals = refusals;
    }

    /**
     * Opens every file, checks all headers and maps the data.
     *
     * @param refusals hears every fault but a folder without weights and an index that cannot be read, which are thrown
     */
    public static Checkpoint open(FolderFiles folder, Arena arena, Refusals refusals) {
        Checkpoint checkpoint = new Checkpoint(refusals);
        Path indexFile = folder.find(ShardIndex.NAME);
        ShardIndex index = indexFile == null ? null : ShardIndex.read(indexFile);
        Set<String> names = checkpoint.fileNames(folder, index);
        checkpoint.requirePresent(folder, names); // what lies in the others is out of place without them
        for (String name : names) {
            Safetensors file = checkpoint.map(folder, name, arena);
            if (file != null) {
                checkpoint.add(name, file, index);
            }
        }
        if (index != null) {
            checkpoint.checkAgainst(index);
        }
        return checkpoint;
    }

    /** Names of files with weights that {@link #open} would need and the folder lacks. */
    public static List<String> missing(FolderFiles folder) {
        Path index = folder.find(ShardIndex.NAME);
        List<String> needed =
                index == null ? List.of(SINGLE) : ShardIndex.read(index).shards();
        return needed.stream().filter(name -> folder.find(name) == null).toList();
    }

    private void requirePresent(FolderFiles folder, Set<String> names) {
        for (String name : names) {
            if (folder.find(name) == null) {
                refusals.refuse(new InvalidModelException(folder.folder() + ": shard " + name + " named by "
                        + ShardIndex.NAME + " is missing; fetch it again"));
            }
        }
    }

    /** A file with its header checked, or null when it was refused or is missing. */
    private @Nullable Safetensors map(FolderFiles folder, String name, Arena arena) {
        try {
            Path path = folder.find(name);
            return path == null ? null : Safetensors.map(path, name, arena);
        } catch (SluiceException fault) {
            refusals.refuse(fault);
            return null;
        }
    }

    private Set<String> fileNames(FolderFiles folder, @Nullable ShardIndex index) {
        Set<String> names = new TreeSet<>();
        if (index != null) {
            names.addAll(index.shards());
            if (!names.contains(SINGLE) && folder.find(SINGLE) != null) {
                refusals.refuse(new InvalidModelException(folder.folder() + ": " + SINGLE + " lies beside "
                        + ShardIndex.NAME + ", which does not name it; remove the one that is out of date"));
            }
        } else if (folder.find(SINGLE) != null) {
            names.add(SINGLE);
        } else {
            throw noWeights(folder);
        }
        EXTRAS.stream().filter(name -> folder.find(name) != null).forEach(names::add);
        return names;
    }

    private static RuntimeException noWeights(FolderFiles folder) {
        String expected = "; expected " + SINGLE + " or " + ShardIndex.NAME;
        folder.refuseGguf();
        List<String> pickles = folder.endingWith(".bin");
        if (!pickles.isEmpty()) {
            return new UnsupportedModelException(folder.folder() + ": " + pickles.getFirst()
                    + " is a pickled checkpoint, which Sluice does not read" + expected);
        }
        return new InvalidModelException(folder.folder() + ": no weights" + expected + ", found "
                + (folder.endingWith(".safetensors").isEmpty()
                        ? "no .safetensors file"
                        : String.join(", ", folder.endingWith(".safetensors"))));
    }

    private void add(String name, Safetensors file, @Nullable ShardIndex index) {
        mapped.add(file);
        ShardIndex owner = index != null && index.shards().contains(name) ? index : null;
        opened.add(name);
        for (TensorInfo tensor : file.tensors()) {
            Safetensors other = files.put(tensor.name(), file);
            if (other != null) {
                refusals.refuse(new InvalidModelException(
                        "tensor " + tensor.name() + " lies in two files: " + other.name() + " and " + name));
            }
            if (owner != null && !name.equals(owner.shardOf().get(tensor.name()))) {
                String found = owner.shardOf().get(tensor.name());
                refusals.refuse(new InvalidModelException(name + ": holds tensor " + tensor.name() + ", which "
                        + ShardIndex.NAME + (found == null ? " does not name" : " places in " + found)));
            }
            if (files.size() > ShardIndex.MAX_TENSORS) {
                throw new InvalidModelException(
                        name + ": more than " + ShardIndex.MAX_TENSORS + " tensors in all files");
            }
            tensors.put(tensor.name(), tensor);
        }
        mlx |= "mlx".equals(file.metadata().get("format"));
    }

    private void checkAgainst(ShardIndex index) {
        index.shardOf().forEach((tensor, shard) -> {
            if (opened.contains(shard) && !tensors.containsKey(tensor)) {
                refusals.refuse(new InvalidModelException(
                        shard + ": lacks tensor " + tensor + ", which " + ShardIndex.NAME + " places there"));
            }
        });
    }

    /**
     * What happened to the files since they were mapped, as a sentence; null when nothing did. Asks the file system about
     * each.
     */
    public @Nullable String change() {
        for (Safetensors file : mapped) {
            String change = file.change();
            if (change != null) {
                return change;
            }
        }
        return null;
    }

    @Override
    public @Nullable TensorInfo find(String name) {
        return tensors.get(name);
    }

    @Override
    public Collection<TensorInfo> tensors() {
        return Collections.unmodifiableCollection(tensors.values());
    }

    /** The files that were opened, in order. */
    public Set<String> fileNames() {
        return Collections.unmodifiableSet(opened);
    }

    @Override
    public MemorySegment data(TensorInfo tensor) {
        return file(tensor.name()).data(tensor);
    }

    @Override
    public MemorySegment read(TensorInfo tensor) {
        return file(tensor.name()).read(tensor);
    }

    /** Throws when a tensor holds a value that is not finite. Reads it. */
    public void requireFinite(TensorInfo tensor) {
        NotFinite pattern = NotFinite.of(tensor.type());
        MemorySegment values = read(tensor);
        if (pattern != null && pattern.anyIn(values)) {
            throw new InvalidModelException(
                    NotFinite.fault(fileOf(tensor.name()), tensor, pattern.countIn(values), pattern.firstIn(values)));
        }
    }

    @Override
    public String fileOf(String name) {
        return file(name).name();
    }

    @Override
    public boolean writtenByMlx() {
        return mlx;
    }

    private Safetensors file(String tensor) {
        Safetensors file = files.get(tensor);
        if (file == null) {
            throw new IllegalArgumentException("no tensor " + tensor);
        }
        return file;
    }
}
