package dev.sluice.models;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.ModelNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The local cache of the Hugging Face tools, read only:
 * {@code models--OWNER--NAME/{refs/REVISION, snapshots/COMMIT}}.
 */
record HubCache(Path hub) {
    private static final String WORD = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
    private static final Pattern REFERENCE =
            Pattern.compile("(" + WORD + ")/(" + WORD + ")(?:@(" + WORD + "(?:/" + WORD + ")*))?");
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

    /** The snapshot folder of {@code owner/name[@revision]}; the revision is {@code main} unless given. */
    Path snapshot(String reference) {
        Matcher parts = REFERENCE.matcher(reference);
        if (!parts.matches() || reference.contains("..")) {
            throw new ModelNotFoundException("\"" + reference + "\" is not of the form owner/name[@revision]");
        }
        Path repository = hub.resolve("models--" + parts.group(1) + "--" + parts.group(2));
        String revision = parts.group(3) == null ? "main" : parts.group(3);
        if (!Files.isDirectory(repository)) {
            throw missing(reference, repository);
        }
        String commit = COMMIT.matcher(revision).matches() ? revision : commit(repository, revision);
        Path snapshot = commit == null ? null : repository.resolve("snapshots").resolve(commit);
        if (snapshot == null || !Files.isDirectory(snapshot)) {
            throw missing(
                    reference, snapshot == null ? repository.resolve("refs").resolve(revision) : snapshot);
        }
        return snapshot;
    }

    private static @Nullable String commit(Path repository, String revision) {
        Path file = repository.resolve("refs").resolve(revision);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try (InputStream in = Files.newInputStream(file)) {
            String commit = new String(in.readNBytes(64), StandardCharsets.UTF_8).strip();
            if (!COMMIT.matcher(commit).matches()) {
                throw new InvalidModelException(file + ": expected a commit of 40 hexadecimal digits");
            }
            return commit;
        } catch (IOException e) {
            throw new InvalidModelException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static ModelNotFoundException missing(String reference, Path looked) {
        return new ModelNotFoundException(reference + ": not in the local cache (looked for " + looked
                + "); fetch it with \"hf download " + reference.replaceFirst("@.*", "")
                + "\" or give the path of a model folder");
    }
}
