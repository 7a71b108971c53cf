package dev.sluice;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelNotFoundException;
import dev.sluice.models.checkpoint.FolderFiles;
import dev.sluice.text.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The tokenizer of a model folder, without the model: only {@code tokenizer.json} must be there. Any thread. */
public final class TokenizerFile {
    /** Which added tokens, such as {@code <|im_start|>} and {@code <think>}, are recognised in a text. */
    public enum Recognise {
        /** All of them. */
        ALL,
        /** Those that do not control the model, such as {@code <think>}. */
        NONSPECIAL,
        /** None: they are the characters they are made of. */
        NONE
    }

    private final Tokenizer tokenizer;

    private TokenizerFile(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Reads a folder's tokenizer.
     *
     * @throws ModelNotFoundException there is none
     * @throws dev.sluice.error.InvalidModelException it is damaged
     * @throws dev.sluice.error.UnsupportedModelException it is of another kind than byte-level BPE
     */
    public static TokenizerFile open(Path folder) {
        return new TokenizerFile(load(new FolderFiles(folder)));
    }

    /**
     * Checked to lie in the folder, as is the file beside it that it reads, too; opened by its name there. A pipe in place
     * of either would be waited for without end.
     */
    static Tokenizer load(FolderFiles files) {
        files.find("tokenizer_config.json");
        if (files.find("tokenizer.json") == null) {
            throw new ModelNotFoundException(
                    files.folder() + ": no tokenizer.json; fetch it from where the model came from");
        }
        return Tokenizer.load(files.folder().resolve("tokenizer.json"));
    }

    /** The ids of a text. */
    public List<Integer> encode(String text, Recognise which) {
        Tokenizer.Specials specials = switch (which) {
            case ALL -> Tokenizer.Specials.ALL;
            case NONSPECIAL -> Tokenizer.Specials.NONSPECIAL;
            case NONE -> Tokenizer.Specials.NONE;
        };
        return Arrays.stream(tokenizer.encode(text, specials)).boxed().toList();
    }

    /** A token for people to read: its text, with {@code \xE4} for bytes that are no whole character. */
    public String piece(int id) {
        if (id < 0 || id >= tokenizer.size()) {
            throw new InvalidRequestException("token id " + id + ", expected 0 to " + (tokenizer.size() - 1));
        }
        return tokenizer.piece(id);
    }

    /** Number of ids. */
    public int size() {
        return tokenizer.size();
    }
}
