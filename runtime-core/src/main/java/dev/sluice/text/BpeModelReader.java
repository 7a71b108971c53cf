package dev.sluice.text;

import static dev.sluice.text.VocabularyBuilder.MAX_IDS;

import dev.sluice.models.checkpoint.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.DupDetector;
import tools.jackson.core.json.JsonReadContext;

/** Reads the {@code model} section: vocabulary and merges. */
final class BpeModelReader {
    private static final int MAX_MERGES = 2_000_000;
    private static final String VOCAB = "model.vocab";
    private static final String MERGES = "model.merges";

    private final TokenizerJson json;
    private final JsonParser parser;
    private final VocabularyBuilder vocab = new VocabularyBuilder();
    private boolean hasVocab;
    private boolean hasMerges;

    /** Left, right and joined id of each merge. */
    private final IdList merges = new IdList();

    /** Left and right text of each merge, when the file lists merges before the vocabulary that gives them ids. */
    private final List<String> mergesBeforeVocab = new ArrayList<>();

    BpeModelReader(TokenizerJson json) {
        this.json = json;
        this.parser = json.parser();
    }

    /** Reads the object under the parser. */
    void read() {
        json.require(JsonToken.START_OBJECT, "model");
        boolean hasType = false;
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            switch (field) {
                case "type" -> {
                    requireValue(field, json.value(), "BPE");
                    hasType = true;
                }
                case "vocab" -> readVocab();
                case "merges" -> readMerges();
                case "dropout", "unk_token" -> requireValue(field, json.value(), null);
                case "continuing_subword_prefix", "end_of_word_suffix" -> requireEmpty(field, json.value());
                case "fuse_unk", "byte_fallback", "ignore_merges" -> requireValue(field, json.value(), false);
                default -> throw json.unsupported("model", "unknown field " + field);
            }
        }
        if (!hasType || !hasVocab || !hasMerges) {
            throw json.invalid("model", "type, vocab or merges is missing");
        }
        for (int i = 0; i < mergesBeforeVocab.size(); i += 2) {
            String left = mergesBeforeVocab.get(i);
            String right = mergesBeforeVocab.get(i + 1);
            addMerge(known(vocab.idOf(left), left), known(vocab.idOf(right), right));
        }
    }

    VocabularyBuilder vocabulary() {
        return vocab;
    }

    /** Pairs of ids to {@link Bpe#rankedMerge}. */
    PairTable mergeTable() {
        PairTable table = new PairTable(merges.size() / 3);
        for (int i = 0; i < merges.size(); i += 3) {
            int rank = i / 3;
            switch (table.put(merges.get(i), merges.get(i + 1), Bpe.rankedMerge(rank, merges.get(i + 2)))) {
                case DONE -> {}
                case PRESENT -> throw json.invalid(place(rank), "the same pair stands earlier in the list");
                case TOO_MANY_COLLISIONS -> throw json.invalid(place(rank), "the pairs collide in the hash table");
            }
        }
        return table;
    }

    /** The id of each of the 256 bytes. */
    int[] byteIds() {
        int[] ids = new int[256];
        for (char c = 0; c < 0x200; c++) {
            int b = ByteAlphabet.byteOf(c);
            if (b >= 0) {
                ids[b] = vocab.idOf(String.valueOf(c));
                if (ids[b] < 0) {
                    throw json.invalid(VOCAB, "no token for the byte " + b + ", so some texts cannot be encoded");
                }
            }
        }
        return ids;
    }

    // The parser keeps a set of names to find duplicates, which takes 100 of 200 ms for 250 k tokens. The vocabulary
    // finds
    // them itself, so the set is put aside for this object.
    private void readVocab() {
        json.require(JsonToken.START_OBJECT, VOCAB);
        JsonReadContext context = (JsonReadContext) parser.streamReadContext();
        DupDetector names = context.getDupDetector();
        context.withDupDetector(null);
        readTokens();
        context.withDupDetector(names);
        hasVocab = true;
    }

    private void readTokens() {
        for (String token = json.nextField(); token != null; token = json.nextField()) {
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw json.invalid(
                        VOCAB + "[" + token + "]",
                        "found " + StrictJson.kind(parser.currentToken()) + ", expected an id");
            }
            int id = json.index(MAX_IDS, VOCAB);
            switch (token.isEmpty() ? VocabularyBuilder.Add.NOT_BYTES : vocab.add(token, id)) {
                case DONE -> {}
                case ID_USED ->
                    throw json.invalid(VOCAB + "[" + token + "]", "id " + id + " has another token already");
                case TEXT_USED -> throw json.invalid(VOCAB + "[" + token + "]", "the token stands there twice");
                case NOT_BYTES ->
                    throw json.unsupported(VOCAB + "[" + token + "]", "not written in byte-level characters");
                case TOO_MANY_COLLISIONS -> throw json.invalid(VOCAB, "the tokens collide in the hash table");
            }
        }
    }

    private void readMerges() {
        json.require(JsonToken.START_ARRAY, MERGES);
        hasMerges = true;
        int rank = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (rank == MAX_MERGES) {
                throw json.invalid(MERGES, "more than " + MAX_MERGES + " merges");
            }
            if (token == JsonToken.START_ARRAY) {
                readPair(rank);
            } else if (token == JsonToken.VALUE_STRING) {
                readSpaced(rank);
            } else {
                throw json.invalid(place(rank), "found " + StrictJson.kind(token) + ", expected a pair or a string");
            }
            rank++;
        }
    }

    /** {@code ["a", "b"]}. */
    private void readPair(int rank) {
        int left = nextPart(rank);
        int right = nextPart(rank);
        if (parser.nextToken() != JsonToken.END_ARRAY) {
            throw json.invalid(place(rank), "a pair has two strings, found " + StrictJson.kind(parser.currentToken()));
        }
        if (hasVocab) {
            addMerge(left, right);
        }
    }

    private int nextPart(int rank) {
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
            throw json.invalid(place(rank), "a pair has two strings, found " + StrictJson.kind(parser.currentToken()));
        }
        return part(parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
    }

    /** {@code "a b"}; a blank is no byte-level character, so that there is one way to cut. */
    private void readSpaced(int rank) {
        char[] text = parser.getStringCharacters();
        int from = parser.getStringOffset();
        int length = parser.getStringLength();
        int blank = 0;
        while (blank < length && text[from + blank] != ' ') {
            blank++;
        }
        if (blank == length) {
            throw json.invalid(place(rank), "found \"" + parser.getString() + "\", expected two tokens and a blank");
        }
        int left = part(text, from, blank);
        int right = part(text, from + blank + 1, length - blank - 1);
        if (hasVocab) {
            addMerge(left, right);
        }
    }

    /** The id of one side of a merge; keeps its text instead while the vocabulary is not known. */
    private int part(char[] text, int from, int length) {
        if (!hasVocab) {
            mergesBeforeVocab.add(new String(text, from, length));
            return 0;
        }
        int id = vocab.idOf(text, from, length);
        return id < 0 ? known(id, new String(text, from, length)) : id;
    }

    private int known(int id, String token) {
        if (id < 0) {
            throw json.invalid(place(merges.size() / 3), "\"" + token + "\" is not in " + VOCAB);
        }
        return id;
    }

    private void addMerge(int left, int right) {
        int joined = vocab.idOfJoined(left, right);
        if (joined < 0) {
            throw json.invalid(place(merges.size() / 3), "the joined token is not in " + VOCAB);
        }
        merges.add(left);
        merges.add(right);
        merges.add(joined);
    }

    private static String place(int rank) {
        return MERGES + "[" + rank + "]";
    }

    private void requireValue(String field, @Nullable Object found, @Nullable Object expected) {
        if (!Objects.equals(found, expected)) {
            throw json.unsupported("model." + field, "found " + found + ", expected " + expected);
        }
    }

    private void requireEmpty(String field, @Nullable Object found) {
        if (found != null && !found.equals("")) {
            throw json.unsupported("model." + field, "found " + found + ", expected null or \"\"");
        }
    }
}
