package dev.sluice.testing;

import dev.sluice.models.ParameterCount;
import java.util.Map;
import java.util.Objects;

/** The exact parameter counts of {@code spec/model.md} §1.8. */
public final class ReleasedCounts {
    private static final Map<String, ParameterCount> BY_NAME = Map.ofEntries(
            Map.entry("qwen3-next-80b-a3b", new ParameterCount(79_674_391_296L, 1_650_471_424L)),
            Map.entry("qwen3-coder-next", new ParameterCount(79_674_391_296L, 0)),
            Map.entry("qwen3.5-0.8b", new ParameterCount(752_393_024L, 20_452_864L)),
            Map.entry("qwen3.5-2b", new ParameterCount(1_881_825_088L, 60_828_160L)),
            Map.entry("qwen3.5-4b", new ParameterCount(4_205_751_296L, 120_599_552L)),
            Map.entry("qwen3.5-9b", new ParameterCount(8_953_803_264L, 243_290_624L)),
            Map.entry("qwen3.5-27b", new ParameterCount(26_895_998_464L, 424_699_392L)),
            Map.entry("qwen3.5-35b-a3b", new ParameterCount(34_660_610_688L, 844_640_768L)),
            Map.entry("qwen3.5-122b-a10b", new ParameterCount(122_111_526_912L, 2_523_679_232L)),
            Map.entry("qwen3.5-397b-a17b", new ParameterCount(396_346_350_336L, 6_595_568_128L)),
            Map.entry("qwen3.8-2.4t-a95b", new ParameterCount(2_419_804_697_984L, 26_378_027_520L)),
            Map.entry("qwen3-0.6b", new ParameterCount(596_049_920L, 0)),
            Map.entry("qwen3-1.7b", new ParameterCount(1_720_574_976L, 0)),
            Map.entry("qwen3-4b", new ParameterCount(4_022_468_096L, 0)),
            Map.entry("qwen3-8b", new ParameterCount(8_190_735_360L, 0)),
            Map.entry("qwen3-14b", new ParameterCount(14_768_307_200L, 0)),
            Map.entry("qwen3-32b", new ParameterCount(32_762_123_264L, 0)),
            Map.entry("qwen3-30b-a3b", new ParameterCount(30_532_122_624L, 0)),
            Map.entry("qwen3-235b-a22b", new ParameterCount(235_093_634_560L, 0)));

    private ReleasedCounts() {}

    public static ParameterCount of(String name) {
        return Objects.requireNonNull(BY_NAME.get(name), name);
    }
}
