package dev.sluice.text;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelNotFoundException;
import dev.sluice.text.template.RenderedPrompt;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Byte-level BPE tokenizer, read from a {@code tokenizer.json} (see {@code spec/product.md} §4). Immutable but for a cache
 * of words: any number of threads may encode and decode at once.
 *
 * <p>No token is put before or after a text; chat templates write all control tokens. Text from users is encoded with
 * {@link Specials#NONE}, so that a {@code <|im_start|>} in it stays text.
 */
public final class Tokenizer {
    /** Which added tokens are recognised in a text; the others are encoded as the characters they are made of. */
    public enum Specials {
        /** All of them: for the literal parts of templates. */
        ALL,
        /** Those that are not special, such as {@code <think>} and {@code <tool_call>}. */
        NONSPECIAL,
        /** None. */
        NONE
    }

    /** Longest text: its UTF-8 must fit in one array. */
    private static final int MAX_CHARS = 1 << 28;

    private final TokenBytes tokens;
    private final PairTable merges;
    private final int[] byteIds;
    private final SplitRule rule;
    private final boolean nfc;
    private final AddedTokens added;
    private final WordCache cache = new WordCache();

    Tokenizer(TokenBytes tokens, PairTable merges, int[] byteIds, SplitRule rule, boolean nfc, AddedTokens added) {
        this.tokens = tokens;
        this.merges = merges;
        this.byteIds = byteIds;
        this.rule = rule;
        this.nfc = nfc;
        this.added = added;
    }

    /**
     * Reads a tokenizer from a model folder. A {@code tokenizer_config.json} beside the file may add tokens: released
     * folders exist whose {@code tokenizer.json} lists a part of them only.
     *
     * @throws ModelNotFoundException no such file
     * @throws InvalidModelException the file is too large, damaged or contradicts itself
     * @throws dev.sluice.error.UnsupportedModelException another kind of tokenizer
     */
    public static Tokenizer load(Path tokenizerJson) {
        try {
            List<AddedToken> more = List.of();
            Path config = tokenizerJson.resolveSibling("tokenizer_config.json");
            if (Files.exists(config)) {
                try (InputStream in = open(config)) {
                    more = TokenizerReader.addedTokensOfConfig(in, config.toString());
                }
            }
            try (InputStream in = open(tokenizerJson)) {
                return TokenizerReader.read(in, tokenizerJson.toString(), more);
            }
        } catch (NoSuchFileException e) {
            throw new ModelNotFoundException(e.getFile() + ": no such file; a model folder has its tokenizer.json", e);
        } catch (IOException e) {
            throw new InvalidModelException(tokenizerJson + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a tokenizer from the bytes of a {@code tokenizer.json}.
     *
     * @param source names them in errors
     */
    public static Tokenizer read(InputStream tokenizerJson, String source) {
        return TokenizerReader.read(tokenizerJson, source, List.of());
    }

    private static InputStream open(Path file) throws IOException {
        long size = Files.size(file);
        if (size > TokenizerJson.MAX_BYTES) {
            throw new InvalidModelException(
                    file + ": " + size + " bytes, expected at most " + TokenizerJson.MAX_BYTES + " of a tokenizer");
        }
        return Files.newInputStream(file);
    }

    /** The ids of {@code text}; none for an empty text. A lone surrogate is read as U+FFFD. */
    public int[] encode(CharSequence text, Specials specials) {
        IdList ids = new IdList();
        encode(text, specials, ids);
        return ids.toArray();
    }

    /**
     * Appends the ids of {@code text}.
     *
     * @throws InvalidRequestException the text has more than 2^28 characters
     */
    public void encode(CharSequence text, Specials specials, IdList out) {
        encode(utf8(text), added.finders(specials), Trust.ALL, out);
    }

    /**
     * The ids of a rendered prompt. Added tokens are recognised where the template wrote them; in the text of messages they
     * are the characters they are made of. A prompt without such tokens in messages has the ids of its plain text.
     *
     * @throws InvalidRequestException the prompt has more than 2^28 characters
     */
    public int[] encode(RenderedPrompt prompt) {
        IdList ids = new IdList();
        encode(utf8(prompt.text()), added.finders(Specials.ALL), Trust.of(prompt), ids);
        return ids.toArray();
    }

    private static byte[] utf8(CharSequence text) {
        if (text.length() > MAX_CHARS) {
            throw new InvalidRequestException(
                    "a text of " + text.length() + " characters; the tokenizer takes at most " + MAX_CHARS);
        }
        return Utf8.encode(text.toString());
    }

    private void encode(byte[] utf8, AddedTokens.Finders finders, Trust trust, IdList out) {
        Bpe bpe = new Bpe(merges, byteIds, cache, out);
        new Encoding(rule, nfc, finders, trust, bpe, out).encode(utf8);
    }

    /**
     * The text of {@code ids}, malformed UTF-8 as U+FFFD; {@code skipSpecial} leaves special tokens out.
     *
     * @throws InvalidRequestException an id outside the tokenizer
     */
    public String decode(int[] ids, boolean skipSpecial) {
        StringBuilder text = new StringBuilder();
        StreamDecoder decoder = streamDecoder(skipSpecial);
        for (int id : ids) {
            decoder.append(id, text);
        }
        return text.append(decoder.flush()).toString();
    }

    /** A decoder for one stream of ids. */
    public StreamDecoder streamDecoder(boolean skipSpecial) {
        return new StreamDecoder(tokens, skipSpecial ? added : null);
    }

    /** A copy of the token's bytes; of an added token its content in UTF-8. */
    public byte[] tokenBytes(int id) {
        return tokens.copy(id);
    }

    /** Number of ids: the highest is one less. Models often have more logits than this. */
    public int size() {
        return tokens.size();
    }

    /** The id of the added token with this content, or -1. */
    public int idOf(String token) {
        return added.idOf(token);
    }

    /** True for added tokens that control the model rather than stand for text. */
    public boolean isSpecial(int id) {
        return added.isSpecial(id);
    }

    /** The token for people to read: its text, with {@code \xE4} for bytes that are no whole character. */
    public String piece(int id) {
        return Utf8.display(tokens.copy(id));
    }
}
