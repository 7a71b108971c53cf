package dev.sluice.text;

import dev.sluice.error.InvalidModelException;
import dev.sluice.models.checkpoint.StrictJson;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads a {@code tokenizer.json} and refuses what {@link Tokenizer} does not do. */
final class TokenizerReader {
    private static final Set<String> OFFSET_FLAGS = Set.of("add_prefix_space", "trim_offsets", "use_regex");

    private final TokenizerJson json;
    private final BpeModelReader model;
    private boolean nfc;
    private @Nullable SplitRule rule;
    private @Nullable List<AddedToken> added;
    private boolean hasModel;
    private boolean hasDecoder;

    private TokenizerReader(TokenizerJson json) {
        this.json = json;
        this.model = new BpeModelReader(json);
    }

    /**
     * Reads {@code in}; {@code source} names it in errors. {@code more} are added tokens known from elsewhere: they must not
     * contradict those of the file.
     */
    static Tokenizer read(InputStream in, String source, List<AddedToken> more) {
        try (TokenizerJson json = TokenizerJson.open(in, source)) {
            TokenizerReader reader = new TokenizerReader(json);
            reader.sections();
            return reader.build(more);
        } catch (JacksonException e) {
            throw unreadable(source, e);
        }
    }

    /** The added tokens of a {@code tokenizer_config.json}, none when it has no such section. */
    static List<AddedToken> addedTokensOfConfig(InputStream in, String source) {
        try (TokenizerJson json = TokenizerJson.open(in, source)) {
            List<AddedToken> tokens = List.of();
            json.parser().nextToken();
            json.require(JsonToken.START_OBJECT, "the file");
            for (String field = json.nextField(); field != null; field = json.nextField()) {
                if (field.equals("added_tokens_decoder")) {
                    tokens = new AddedTokensReader(json).decoder();
                } else {
                    json.parser().skipChildren();
                }
            }
            return tokens;
        } catch (JacksonException e) {
            throw unreadable(source, e);
        }
    }

    private static InvalidModelException unreadable(String source, JacksonException e) {
        return new InvalidModelException(
                source + ": not valid JSON: " + StrictJson.reason(e) + ". Fetch the file again.", e);
    }

    private void sections() {
        JsonParser parser = json.parser();
        parser.nextToken();
        json.require(JsonToken.START_OBJECT, "the file");
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            section(field);
        }
        if (parser.nextToken() != null) {
            throw json.invalid("the file", "found " + StrictJson.kind(parser.currentToken()) + " after its end");
        }
        if (!hasModel || !hasDecoder || added == null) {
            throw json.invalid("the file", "model, decoder or added_tokens is missing");
        }
    }

    private void section(String name) {
        switch (name) {
            case "version" -> requireVersion(json.value());
            case "truncation", "padding" -> requireNull(name, json.value());
            case "added_tokens" -> added = new AddedTokensReader(json).list();
            case "normalizer" -> normalizer(json.value());
            case "pre_tokenizer" -> rule = splitRule(json.value());
            case "post_processor" -> postProcessor(json.value());
            case "decoder" -> {
                json.requireObject(name, json.value(), Map.of("type", "ByteLevel"), OFFSET_FLAGS);
                hasDecoder = true;
            }
            case "model" -> {
                model.read();
                hasModel = true;
            }
            default -> throw json.unsupported(name, "unknown section");
        }
    }

    private void requireVersion(@Nullable Object version) {
        if (!"1.0".equals(version)) {
            throw json.unsupported("version", "found " + version + ", expected 1.0");
        }
    }

    private void requireNull(String name, @Nullable Object value) {
        if (value != null) {
            throw json.unsupported(name, "found " + value + ", expected null");
        }
    }

    private void normalizer(@Nullable Object value) {
        if (value != null) {
            json.requireObject("normalizer", value, Map.of("type", "NFC"), Set.of());
            nfc = true;
        }
    }

    private void postProcessor(@Nullable Object value) {
        if (value != null) {
            json.requireObject("post_processor", value, Map.of("type", "ByteLevel"), OFFSET_FLAGS);
        }
    }

    private SplitRule splitRule(@Nullable Object value) {
        String where = "pre_tokenizer";
        if (!(value instanceof Map<?, ?> fields)
                || !(fields.get("pretokenizers") instanceof List<?> steps)
                || steps.size() != 2
                || !(steps.getFirst() instanceof Map<?, ?> split)
                || !(split.get("pattern") instanceof Map<?, ?> pattern)) {
            throw json.unsupported(where, "expected a Sequence of Split and ByteLevel");
        }
        json.requireObject(where, fields, Map.of("type", "Sequence"), Set.of("pretokenizers"));
        json.requireObject(
                where + "[0]",
                split,
                Map.of("type", "Split", "behavior", "Isolated", "invert", false),
                Set.of("pattern"));
        json.requireObject(
                where + "[1]",
                steps.getLast(),
                Map.of("type", "ByteLevel", "add_prefix_space", false, "use_regex", false),
                Set.of("trim_offsets"));
        SplitRule known = pattern.get("Regex") instanceof String regex ? SplitRule.of(regex) : null;
        if (known == null || pattern.size() != 1) {
            throw json.unsupported(where + "[0].pattern", "found " + pattern + ", which is no known split pattern");
        }
        return known;
    }

    private Tokenizer build(List<AddedToken> more) {
        if (rule == null) {
            throw json.unsupported("pre_tokenizer", "missing; expected a Sequence of Split and ByteLevel");
        }
        Map<Integer, AddedToken> all = new HashMap<>();
        for (AddedToken token : added == null ? List.<AddedToken>of() : added) {
            put(all, token, false);
        }
        for (AddedToken token : more) {
            put(all, token, true);
        }
        List<AddedToken> tokens = new ArrayList<>(all.values());
        checkContents(tokens);
        int[] byteIds = model.byteIds();
        return new Tokenizer(tokenBytes(all), model.mergeTable(), byteIds, rule, nfc, new AddedTokens(tokens, nfc));
    }

    private void put(Map<Integer, AddedToken> all, AddedToken token, boolean repeatable) {
        AddedToken before = all.put(token.id(), token);
        if (before != null && !(repeatable && before.same(token))) {
            throw json.invalid("added tokens", "two tokens for one id: " + before + " and " + token);
        }
    }

    private void checkContents(List<AddedToken> tokens) {
        Map<String, AddedToken> byContent = new HashMap<>();
        for (AddedToken token : tokens) {
            String sought = nfc && token.normalized() ? Nfc.of(token.content()) : token.content();
            AddedToken before = byContent.put(sought, token);
            if (before != null) {
                throw json.invalid("added tokens", "two ids for one text: " + before + " and " + token);
            }
            int base = model.vocabulary().idOf(token.content());
            if (base >= 0 ? base != token.id() : model.vocabulary().has(token.id())) {
                throw json.invalid("added tokens", token + " contradicts model.vocab");
            }
        }
    }

    private TokenBytes tokenBytes(Map<Integer, AddedToken> added) {
        VocabularyBuilder vocab = model.vocabulary();
        int size = vocab.count();
        for (int id : added.keySet()) {
            size += vocab.has(id) ? 0 : 1;
        }
        TokenBytes.Builder tokens = new TokenBytes.Builder(size);
        for (int id = 0; id < size; id++) {
            AddedToken token = added.get(id);
            if (vocab.has(id)) {
                vocab.copy(id, tokens);
            } else if (token != null) {
                byte[] content = token.content().getBytes(StandardCharsets.UTF_8);
                tokens.add(content, 0, content.length);
            } else {
                throw json.invalid("model.vocab", size + " tokens, but none has the id " + id);
            }
        }
        return tokens.build();
    }
}
