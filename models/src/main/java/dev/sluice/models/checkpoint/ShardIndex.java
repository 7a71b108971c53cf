package dev.sluice.models.checkpoint;

import dev.sluice.error.InvalidModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;

/**
 * {@code model.safetensors.index.json}: which shard holds which tensor. {@code metadata.total_size} is informative and
 * not read.
 *
 * @param shardOf tensor name to file name
 * @param shards distinct file names, sorted
 */
record ShardIndex(Map<String, String> shardOf, List<String> shards) {
    /** The file's name in a model folder. */
    static final String NAME = "model.safetensors.index.json";

    /** The largest released model has about 290,000 tensors with its scales. */
    static final int MAX_TENSORS = 1_000_000;

    private static final int MAX_SHARDS = 10_000;
    private static final Pattern SHARD_NAME = Pattern.compile("[A-Za-z0-9._-]{1,200}\\.safetensors");
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxDocumentLength(SafetensorsHeader.MAX_HEADER)
            .maxNestingDepth(8)
            .maxNameLength(512)
            .maxStringLength(4096)
            .maxNumberLength(64)
            .build();

    static ShardIndex read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in);
        } catch (IOException e) {
            throw new InvalidModelException(NAME + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads UTF-8 text. */
    static ShardIndex read(InputStream in) {
        try (JsonParser parser = StrictJson.parser(in, LIMITS)) {
            Map<String, String> shardOf = new HashMap<>();
            expect(parser.nextToken() == JsonToken.START_OBJECT, "a JSON object");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean map = parser.currentName().equals("weight_map");
                parser.nextToken();
                if (map) {
                    readMap(parser, shardOf);
                } else {
                    parser.skipChildren();
                }
            }
            expect(parser.nextToken() == null, "nothing after the object");
            expect(!shardOf.isEmpty(), "a weight_map with tensors");
            List<String> shards = shardOf.values().stream().distinct().sorted().toList();
            expect(shards.size() <= MAX_SHARDS, "at most " + MAX_SHARDS + " shards");
            return new ShardIndex(shardOf, shards);
        } catch (JacksonException e) {
            throw new InvalidModelException(NAME + ": not valid JSON: " + StrictJson.reason(e), e);
        }
    }

    private static void readMap(JsonParser parser, Map<String, String> shardOf) {
        expect(parser.currentToken() == JsonToken.START_OBJECT, "weight_map to be an object");
        Map<String, String> names = new HashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String tensor = parser.currentName();
            expect(parser.nextToken() == JsonToken.VALUE_STRING, "a file name for " + tensor);
            String shard = parser.getString();
            if (!names.containsKey(shard) && !SHARD_NAME.matcher(shard).matches()) {
                throw new InvalidModelException(NAME + ": tensor " + tensor + " is said to lie in \"" + shard
                        + "\"; a shard's name is letters, digits, '.', '_', '-' and ends with .safetensors");
            }
            names.putIfAbsent(shard, shard);
            shardOf.put(tensor, names.getOrDefault(shard, shard));
            expect(shardOf.size() <= MAX_TENSORS, "at most " + MAX_TENSORS + " tensors");
        }
    }

    private static void expect(boolean holds, String expected) {
        if (!holds) {
            throw new InvalidModelException(NAME + ": expected " + expected);
        }
    }
}
