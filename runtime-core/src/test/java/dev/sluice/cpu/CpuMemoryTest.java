package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.backend.SequenceState;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.PageAdvice;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.Architecture;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.LoadedModel;
import dev.sluice.models.ModelFolder;
import dev.sluice.models.Weights;
import dev.sluice.testing.Fixtures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is predicted is what the owners of the memory ask for. */
class CpuMemoryTest {
    private static final int CAPACITY = 5;

    /** Adds up what is asked of it, without what {@link F32} asks for besides, to begin small buffers on a cache line. */
    private static final class CountingArena implements Arena {
        private final Arena arena = Arena.ofConfined();
        private long bytes;

        @Override
        public MemorySegment allocate(long size, long alignment) {
            bytes += alignment < F32.ALIGNMENT ? size - (F32.ALIGNMENT - Float.BYTES) : size;
            return arena.allocate(size, alignment);
        }

        @Override
        public MemorySegment.Scope scope() {
            return arena.scope();
        }

        @Override
        public void close() {
            arena.close();
        }
    }

    static Stream<String> models() {
        return Fixtures.cases().stream().map(Fixtures.Case::name);
    }

    @ParameterizedTest
    @MethodSource("models")
    void sequencesTakeTheirStatesAndWholePages(String name) {
        for (Dtype type : new Dtype[] {Dtype.BF16, Dtype.F32}) {
            try (TestModel model = new TestModel(Fixtures.golden(name).model(), Kernels.plain(), 1, type, CAPACITY);
                    SequenceState sequence = model.executor.newSequence()) {
                CpuMemory memory = new CpuMemory(model.architecture(), type);
                assertThat(sequence.bytes()).isEqualTo(memory.states());
                sequence.reserve(65);
                assertThat(sequence.bytes())
                        .isEqualTo(memory.states() + memory.cache(65) + memory.draftCache(65))
                        .isEqualTo(memory.states() + memory.cache(128) + memory.draftCache(128));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void buffersAreWhatLayersThreadsAndTheResultTake(String name) {
        try (LoadedModel model = ModelFolder.open(Fixtures.golden(name).model(), LoadOptions.DEFAULTS);
                ThreadTeam team = ThreadTeam.of(3);
                CountingArena arena = new CountingArena();
                CpuResult result = new CpuResult(model.weights().head())) {
            Architecture architecture = model.architecture();
            Weights weights = model.weights();
            Workers workers = new Workers(
                    Kernels.plain(), team, arena, Scratch.floats(architecture), new ExpertPages(PageAdvice.NONE));
            RopeTable table = new RopeTable(arena, architecture.rope());
            Blocks trunk = new Blocks(architecture, workers, table, arena, CAPACITY);
            for (int i = 0; i < architecture.layers().size(); i++) {
                trunk.block(i, architecture.layers().get(i), weights.layers().get(i));
            }
            long results = result.bytes();
            Architecture.LayerSpec mtp = architecture.mtp();
            Weights.Mtp mtpWeights = weights.mtp();
            if (mtp != null && mtpWeights != null) {
                Blocks head = new Blocks(architecture, workers, table, arena, 1);
                head.block(architecture.layers().size(), mtp, mtpWeights.layer());
                Pass.rows(arena, 1, 2 * architecture.hiddenSize());
                results += result.bytes();
            }
            CpuMemory memory = new CpuMemory(architecture, Dtype.BF16);
            assertThat(memory.buffers(CAPACITY, CAPACITY, 3)).isEqualTo(arena.bytes + results);
            table.extendTo(200);
            assertThat(memory.buffers(CAPACITY, CAPACITY, 3) + memory.angles(200))
                    .isEqualTo(arena.bytes + results);
        }
    }
}
