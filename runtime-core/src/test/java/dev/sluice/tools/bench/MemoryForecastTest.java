package dev.sluice.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cpu.CpuMemory;
import dev.sluice.kernels.Dtype;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.LoadedModel;
import dev.sluice.models.ModelFolder;
import dev.sluice.testing.Fixtures;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which pages and states are there at once, in pages of 64 tokens. */
class MemoryForecastTest {
    private static CpuMemory memory;

    @BeforeAll
    static void open() {
        try (LoadedModel model =
                ModelFolder.open(Fixtures.golden("qwen3-next-mtp").model(), LoadOptions.DEFAULTS)) {
            memory = new CpuMemory(model.architecture(), Dtype.BF16);
        }
    }

    private static MemoryForecast forecast(String tests) {
        return new MemoryForecast(memory, Workload.parse(tests, List.of(0)));
    }

    private static long pages(int trunk, int draft) {
        return trunk * memory.cache(64) + draft * memory.draftCache(64);
    }

    @Test
    void aPromptTakesOneStateAndWholePages() {
        assertThat(memory.draftCache(64)).isPositive();
        assertThat(forecast("pp65").sequences()).isEqualTo(memory.states() + pages(2, 2));
        assertThat(forecast("pp65,tg8,pp64").sequences()).isEqualTo(memory.states() + pages(2, 2));
    }

    @Test
    void aSequenceAtADepthSharesTheFullPagesOfTheOneThatWaits() {
        // positions 130 to 133: the third page is written to and so its own
        assertThat(forecast("tg4@d130").sequences()).isEqualTo(2 * memory.states() + pages(3 + 1, 3));
        assertThat(forecast("tg4@d128,tg4@d128,tg70@d128").sequences())
                .isEqualTo(2 * memory.states() + pages(2 + 2, 4));
        assertThat(forecast("tg4@d128,pp8@d64").sequences()).isEqualTo(3 * memory.states() + pages(2 + 1 + 1, 3));
    }

    @Test
    void theLargestTestIsTheOneWithMostPagesOfItsOwn() {
        assertThat(forecast("tg4@d64,pp512,tg4").largest()).isEqualTo(new Workload(512, 0, 0));
    }

    @Test
    void buffersAreForTheLongestStep() {
        MemoryForecast forecast = forecast("pp100,tg200");
        assertThat(forecast.buffers(2, 512)).isEqualTo(memory.buffers(128, 512, 2) + memory.angles(200));
        assertThat(forecast.buffers(2, 90)).isEqualTo(memory.buffers(90, 90, 2) + memory.angles(200));
        assertThat(forecast("tg200").buffers(3, 512)).isEqualTo(memory.buffers(1, 512, 3) + memory.angles(200));
    }
}
