package dev.sluice.models.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.models.Architecture.MixerSpec.GatedDeltaNet;
import dev.sluice.models.Weights.DeltaLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Walks the stored rows in the order in which {@code spec/model.md} §2.3 lists them. */
class DeltaProjectionsTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 4, 4", "3, 3, 24, 40", "2, 4, 32, 32", "2, 6, 16, 24", "16, 32, 128, 128"})
    void interleavedRowsByKeyHead(int keyHeads, int valueHeads, int keyDim, int valueDim) {
        GatedDeltaNet spec = new GatedDeltaNet(keyHeads, valueHeads, keyDim, valueDim, 4);
        int ratio = valueHeads / keyHeads;
        List<String> rows = new ArrayList<>();
        for (int g = 0; g < keyHeads; g++) {
            head(rows, "q" + g, keyDim);
            head(rows, "k" + g, keyDim);
            for (int i = 0; i < ratio; i++) {
                head(rows, "v" + (g * ratio + i), valueDim);
            }
            for (int i = 0; i < ratio; i++) {
                head(rows, "z" + (g * ratio + i), valueDim);
            }
        }
        for (int g = 0; g < keyHeads; g++) {
            for (int i = 0; i < ratio; i++) {
                rows.add("b" + (g * ratio + i));
            }
            for (int i = 0; i < ratio; i++) {
                rows.add("a" + (g * ratio + i));
            }
        }
        check(rows, DeltaProjections.INTERLEAVED.layout(spec), spec);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 4, 4", "3, 3, 24, 40", "2, 8, 16, 16", "2, 6, 16, 24", "16, 128, 128, 128"})
    void flatRows(int keyHeads, int valueHeads, int keyDim, int valueDim) {
        List<String> rows = new ArrayList<>();
        for (int g = 0; g < keyHeads; g++) {
            head(rows, "q" + g, keyDim);
        }
        for (int g = 0; g < keyHeads; g++) {
            head(rows, "k" + g, keyDim);
        }
        for (String part : List.of("v", "z")) {
            for (int j = 0; j < valueHeads; j++) {
                head(rows, part + j, valueDim);
            }
        }
        for (String part : List.of("b", "a")) {
            for (int j = 0; j < valueHeads; j++) {
                rows.add(part + j);
            }
        }
        GatedDeltaNet spec = new GatedDeltaNet(keyHeads, valueHeads, keyDim, valueDim, 4);
        check(rows, DeltaProjections.FLAT.layout(spec), spec);
    }

    private static void head(List<String> rows, String name, int size) {
        for (int i = 0; i < size; i++) {
            rows.add(i == 0 ? name : name + "+" + i);
        }
    }

    private static void check(List<String> rows, DeltaLayout layout, GatedDeltaNet spec) {
        assertThat(rows).hasSize(spec.convChannels() + spec.valueWidth() + 2 * spec.valueHeads());
        for (int g = 0; g < spec.keyHeads(); g++) {
            assertThat(rows.indexOf("q" + g)).isEqualTo(layout.query()[g]);
            assertThat(rows.indexOf("k" + g)).isEqualTo(layout.key()[g]);
        }
        for (int j = 0; j < spec.valueHeads(); j++) {
            assertThat(rows.indexOf("v" + j)).isEqualTo(layout.value()[j]);
            assertThat(rows.indexOf("z" + j)).isEqualTo(layout.z()[j]);
            assertThat(rows.indexOf("b" + j)).isEqualTo(layout.beta()[j]);
            assertThat(rows.indexOf("a" + j)).isEqualTo(layout.decay()[j]);
        }
    }
}
