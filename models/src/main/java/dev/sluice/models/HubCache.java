package dev.sluice.models;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.ModelNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The local cache of the Hugging Face tools, read only:
 * {@code models--OWNER--NAME/{refs/REVISION, snapshots/COMMIT}}.
 */
record HubCache(Path hub) {
    private static final String WORD = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
    private static final Pattern REFERENCE =
            Pattern.compile("(" + WORD + ")/(" + WORD + ")(?:@(" + WORD + "(?:/" + WORD + ")*))?");
    private static final String MAIN = "main";
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** Where the tools keep it: {@code HF_HUB_CACHE}, {@code HF_HOME/hub}, or {@code ~/.cache/huggingface/hub}. */
    static HubCache of(Map<String, String> environment, Path home) {
        String hub = environment.get("HF_HUB_CACHE");
        if (hub != null && !hub.isEmpty()) {
            return new HubCache(Path.of(hub));
        }
        String root = environment.get("HF_HOME");
        Path base = root != null && !root.isEmpty() ? Path.of(root) : home.resolve(".cache/huggingface");
        return new HubCache(base.resolve("hub"));
    }

    /** Whether a text has the form {@code owner/name[@revision]}. */
    static boolean isReference(String text) {
        return REFERENCE.matcher(text).matches() && !text.contains("..");
    }

    /** The snapshot folder of {@code owner/name[@revision]}, if it is here; the revision is {@code main} unless given. */
    Optional<Path> snapshot(String reference) {
        Path wanted = wanted(reference);
        Path snapshot = Files.isRegularFile(wanted)
                ? repository(parts(reference)).resolve("snapshots").resolve(commit(wanted))
                : wanted;
        return Optional.of(snapshot).filter(Files::isDirectory);
    }

    /** What has to exist for a reference: the snapshot of a commit, or the file that names the commit of a revision. */
    Path wanted(String reference) {
        Matcher parts = parts(reference);
        String revision = parts.group(3) == null ? MAIN : parts.group(3);
        return repository(parts)
                .resolve(COMMIT.matcher(revision).matches() ? "snapshots" : "refs")
                .resolve(revision);
    }

    private static Matcher parts(String reference) {
        Matcher parts = REFERENCE.matcher(reference);
        if (!parts.matches() || reference.contains("..")) {
            throw new ModelNotFoundException("\"" + reference + "\" is not of the form owner/name[@revision]");
        }
        return parts;
    }

    private Path repository(Matcher parts) {
        return hub.resolve("models--" + parts.group(1) + "--" + parts.group(2));
    }

    /** Every snapshot, by the shortest reference that finds it. */
    List<ModelStore.Found> snapshots() {
        List<ModelStore.Found> all = new ArrayList<>();
        for (Path repository : ModelStore.children(hub)) {
            String[] words = String.valueOf(repository.getFileName()).split("--", 3);
            if (words.length == 3 && words[0].equals("models") && isReference(words[1] + "/" + words[2])) {
                String name = words[1] + "/" + words[2];
                for (Path snapshot : ModelStore.children(repository.resolve("snapshots"))) {
                    all.add(new ModelStore.Found(name + revision(repository, snapshot), snapshot));
                }
            }
        }
        return all;
    }

    private static String revision(Path repository, Path snapshot) {
        String commit = String.valueOf(snapshot.getFileName());
        Path main = repository.resolve("refs").resolve(MAIN);
        try {
            return Files.isRegularFile(main) && commit(main).equals(commit) ? "" : "@" + commit;
        } catch (InvalidModelException e) { // then only the commit finds it
            return "@" + commit;
        }
    }

    private static String commit(Path ref) {
        try (InputStream in = Files.newInputStream(ref)) {
            String commit = new String(in.readNBytes(64), StandardCharsets.UTF_8).strip();
            if (!COMMIT.matcher(commit).matches()) {
                throw new InvalidModelException(ref + ": expected a commit of 40 hexadecimal digits");
            }
            return commit;
        } catch (IOException e) {
            throw new InvalidModelException(ref + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
