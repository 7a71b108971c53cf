package dev.sluice.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Fuzz;
import dev.sluice.testing.JsonDamage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ShardIndexFuzzTest {
    private static final List<String> INDEXES =
            List.of("""
            {"metadata":{"total_size":1234,"total_parameters":99},"weight_map":{
            "model.embed_tokens.weight":"model-00001-of-00002.safetensors",
            "model.layers.0.mlp.down_proj.weight":"model-00001-of-00002.safetensors",
            "model.norm.weight":"model-00002-of-00002.safetensors","lm_head.weight":"model-00002-of-00002.safetensors"}}""", "{\"weight_map\":{\"a\":\"model.safetensors\"},\"extra\":[1,{\"k\":[null,true,\"s\"]},2.5]}");

    private final JsonDamage indexes = new JsonDamage(
            INDEXES.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList());

    private final Fuzz<byte[]> fuzz =
            new Fuzz<>("shard-index", indexes::damaged, JsonDamage::isJson, ShardIndexFuzzTest::read, 8 << 20);

    @Test
    void damagedIndexesAreReadOrRefused() {
        fuzz.run(1, 150_000);
    }

    @Test
    @Tag("full")
    void manyDamagedIndexesAreReadOrRefused() {
        fuzz.run(2, 3_000_000);
    }

    /** No name that is accepted leads anywhere but into the folder. */
    private static void read(byte[] text) {
        ShardIndex index = ShardIndex.read(new ByteArrayInputStream(text));
        assertThat(index.shardOf()).isNotEmpty();
        for (String shard : index.shards()) {
            assertThat(shard).endsWith(".safetensors").doesNotContain("/").doesNotContain("\\");
        }
    }
}
