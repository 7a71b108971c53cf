package dev.sluice.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** Reads added tokens, which stand in {@code tokenizer.json} and, in another form, in {@code tokenizer_config.json}. */
final class AddedTokensReader {
    private static final int MAX_TOKENS = 10_000;
    private static final int MAX_CHARS = 512;
    private static final Set<String> FLAGS = Set.of("single_word", "lstrip", "rstrip", "normalized", "special");

    private final TokenizerJson json;

    AddedTokensReader(TokenizerJson json) {
        this.json = json;
    }

    /** {@code added_tokens} of {@code tokenizer.json}: a list of objects with an id; the parser stands on it. */
    List<AddedToken> list() {
        json.require(JsonToken.START_ARRAY, "added_tokens");
        List<AddedToken> tokens = new ArrayList<>();
        while (json.parser().nextToken() != JsonToken.END_ARRAY) {
            String where = "added_tokens[" + tokens.size() + "]";
            Map<?, ?> fields = fields(where);
            if (!(fields.get("id") instanceof Long id)) {
                throw json.invalid(where + ".id", "found " + fields.get("id") + ", expected an id");
            }
            for (Object name : fields.keySet()) {
                if (!name.equals("id") && !name.equals("content") && !FLAGS.contains(name)) {
                    throw json.unsupported(where, "unknown field " + name);
                }
            }
            add(tokens, token(where, id, fields));
        }
        return tokens;
    }

    /** {@code added_tokens_decoder} of {@code tokenizer_config.json}: an object from ids to objects. */
    List<AddedToken> decoder() {
        json.require(JsonToken.START_OBJECT, "added_tokens_decoder");
        List<AddedToken> tokens = new ArrayList<>();
        for (String id = json.nextField(); id != null; id = json.nextField()) {
            String where = "added_tokens_decoder[" + id + "]";
            if (id.isEmpty() || id.length() > 9 || !id.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw json.invalid(where, "the key is no id");
            }
            add(tokens, token(where, Long.parseLong(id), fields(where)));
        }
        return tokens;
    }

    private Map<?, ?> fields(String where) {
        json.require(JsonToken.START_OBJECT, where);
        if (!(json.value() instanceof Map<?, ?> fields)) {
            throw json.invalid(where, "expected an object");
        }
        return fields;
    }

    private AddedToken token(String where, long id, Map<?, ?> fields) {
        if (id < 0 || id >= VocabularyBuilder.MAX_IDS) {
            throw json.invalid(where, "id " + id + ", expected 0 to " + (VocabularyBuilder.MAX_IDS - 1));
        }
        if (!(fields.get("content") instanceof String content) || content.isEmpty() || content.length() > MAX_CHARS) {
            throw json.invalid(where + ".content", "expected a text of 1 to " + MAX_CHARS + " characters");
        }
        if (Utf8.nextLoneSurrogate(content, 0) >= 0) {
            throw json.invalid(where + ".content", "a surrogate without its partner");
        }
        return new AddedToken(
                (int) id,
                content,
                flag(where, fields, "single_word"),
                flag(where, fields, "lstrip"),
                flag(where, fields, "rstrip"),
                flag(where, fields, "normalized"),
                flag(where, fields, "special"));
    }

    private boolean flag(String where, Map<?, ?> fields, String name) {
        @Nullable Object value = fields.get(name);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw json.invalid(where + "." + name, "found " + value + ", expected true or false");
    }

    private void add(List<AddedToken> tokens, AddedToken token) {
        if (tokens.size() == MAX_TOKENS) {
            throw json.invalid("added tokens", "more than " + MAX_TOKENS);
        }
        tokens.add(token);
    }
}
