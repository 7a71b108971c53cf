package dev.sluice.models.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.models.Architecture.RopeSpec;
import dev.sluice.models.Architecture.Yarn;
import dev.sluice.models.checkpoint.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RopeReaderTest {
    @Test
    void oldAndNewSpellingsAgree() {
        RopeSpec expected = new RopeSpec(1e7, 64, new Yarn(4, 262_144, 32, 1, 0.1 * Math.log(4) + 1));
        for (String keys : new String[] {
            "\"rope_theta\": 10000000, \"partial_rotary_factor\": 0.25, \"rope_scaling\": {\"rope_type\": \"yarn\","
                    + " \"factor\": 4.0, \"original_max_position_embeddings\": 262144}",
            "\"rope_theta\": 10000000, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4}",
            "\"rope_parameters\": {\"mrope_interleaved\": true, \"mrope_section\": [11, 11, 10],"
                    + " \"rope_type\": \"yarn\", \"rope_theta\": 10000000, \"partial_rotary_factor\": 0.25,"
                    + " \"factor\": 4.0, \"original_max_position_embeddings\": 262144}",
            "\"rope_theta\": 10000000, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4},"
                    + " \"rope_parameters\": {\"rope_theta\": 10000000, \"rope_type\": \"yarn\", \"factor\": 4}",
        }) {
            assertThat(read(keys, null)).as(keys).isEqualTo(expected);
        }
        // spec/model.md §7 prints m for s = 4
        assertThat(expected.yarn().attentionFactor()).isCloseTo(1.1386294361, within(1e-10));
    }

    @Test
    void familyDefaultDecidesWhatRotates() {
        assertThat(read("\"rope_theta\": 1000000", null)).isEqualTo(new RopeSpec(1e6, 64, null));
        JsonObject json = parse("\"rope_theta\": 1000000");
        assertThat(new RopeReader(json, 128, 40_960, 1).read(null)).isEqualTo(new RopeSpec(1e6, 128, null));
        assertThat(read(
                        "\"rope_theta\": 10000, \"rope_scaling\": {\"type\": \"mrope\", \"rope_type\": \"default\"}",
                        null))
                .isEqualTo(new RopeSpec(1e4, 64, null));
    }

    @Test
    void attentionFactorIsGivenOrDerived() {
        String yarn = "\"rope_theta\": 10000, \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 40";
        assertThat(read(yarn + ", \"attention_factor\": 1.5}", null).yarn().attentionFactor())
                .isEqualTo(1.5);
        assertThat(read(yarn + ", \"mscale\": 2, \"mscale_all_dim\": 0.5}", null)
                        .yarn()
                        .attentionFactor())
                .isCloseTo((0.2 * Math.log(40) + 1) / (0.05 * Math.log(40) + 1), within(1e-15));
        assertThat(read(yarn + ", \"mscale\": 2}", null).yarn().attentionFactor())
                .isCloseTo(0.1 * Math.log(40) + 1, within(1e-15));
        assertThat(read(yarn + ", \"beta_fast\": 16, \"beta_slow\": 2}", null).yarn())
                .isEqualTo(new Yarn(40, 262_144, 16, 2, 0.1 * Math.log(40) + 1));
        assertThat(read("\"rope_theta\": 10000, \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 1}", null)
                        .yarn()
                        .attentionFactor())
                .isEqualTo(1);
    }

    @Test
    void theCallersFactorReplacesTheFiles() {
        assertThat(read("\"rope_theta\": 10000", 2.0).yarn())
                .isEqualTo(new Yarn(2, 262_144, 32, 1, 0.1 * Math.log(2) + 1));
        assertThat(read(
                                "\"rope_theta\": 10000, \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4,"
                                        + " \"original_max_position_embeddings\": 1000, \"attention_factor\": 3}",
                                8.0)
                        .yarn())
                .isEqualTo(new Yarn(8, 1000, 32, 1, 0.1 * Math.log(8) + 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"rope_theta\": 10000, \"rope_parameters\": {\"rope_theta\": 20000}",
                "\"rope_theta\": 10000, \"partial_rotary_factor\": 0.5, \"rope_parameters\": {\"partial_rotary_factor\": 0.25}",
                "\"rope_theta\": 10000, \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4}, \"rope_parameters\": {\"rope_type\": \"yarn\", \"factor\": 2}",
                "\"rope_theta\": 10000, \"rope_scaling\": {\"rope_type\": \"yarn\"}",
                "\"rope_theta\": 10000, \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 0.5}",
                "\"rope_theta\": 10000, \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": \"4\"}",
                "\"rope_theta\": 10000, \"rope_scaling\": [4]",
                "\"rope_theta\": 0",
                "\"rope_parameters\": {\"rope_type\": \"default\"}",
            })
    void refusesContradictionsAndGaps(String keys) {
        assertThatThrownBy(() -> read(keys, null))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("config.json: rope_");
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "dynamic", "llama3", "longrope", "su", ""})
    void refusesOtherTypes(String type) {
        assertThatThrownBy(() -> read(
                        "\"rope_theta\": 10000, \"rope_scaling\": {\"type\": \"" + type + "\", \"factor\": 2}", null))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("rope_type is \"" + type + "\"; supported are default, mrope and yarn");
    }

    private static RopeSpec read(String keys, Double yarnFactor) {
        return new RopeReader(parse(keys), 256, 262_144, 0.25).read(yarnFactor);
    }

    private static JsonObject parse(String keys) {
        return JsonObject.parse("config.json", ("{" + keys + "}").getBytes(StandardCharsets.UTF_8));
    }
}
