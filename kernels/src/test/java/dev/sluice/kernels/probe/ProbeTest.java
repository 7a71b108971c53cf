package dev.sluice.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.ThreadTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The probes run at awkward sizes, stay inside their memory, and report rates that a computer can have. */
class ProbeTest {
    /** No core does more than a few hundred billion of anything a second. */
    private static final double ABSURD = 1e13;

    @ParameterizedTest
    @ValueSource(longs = {65_536, 300_001, 9 << 20})
    void readsReportAPlausibleRateAndTheFormThatReachedIt(long size) {
        try (Arena arena = Arena.ofShared();
                ThreadTeam one = ThreadTeam.of(1);
                ThreadTeam two = ThreadTeam.of(2)) {
            MemorySegment data = arena.allocate(size, 64);
            ReadProbe probe = new ReadProbe(List.of(one, two));
            ReadProbe.Best first = probe.measure(data, 4 << 20);
            assertThat(first.bytesPerSecond()).isBetween(1e8, ABSURD);
            assertThat(first.threads()).isBetween(1, 2);
            assertThat(first.form()).contains("stream");
            assertThat(probe.measure(data, 4 << 20).bytesPerSecond()).isGreaterThanOrEqualTo(first.bytesPerSecond());
        }
    }

    @Test
    void theMultiplyAddPeakOnlyRises() {
        try (ThreadTeam team = ThreadTeam.of(1)) {
            FmaProbe probe = new FmaProbe(team);
            double first = probe.measure();
            assertThat(first).isBetween(1e9, ABSURD);
            assertThat(probe.measure()).isGreaterThanOrEqualTo(first);
        }
    }

    @ParameterizedTest
    @EnumSource
    void thePeakOfATierIsMeasuredOrRefused(NativeTier tier) {
        try (ThreadTeam team = ThreadTeam.of(1)) {
            Optional<String> refusal = Kernels.refusal(tier);
            if (refusal.isPresent()) {
                assertThatThrownBy(() -> new NativeProbe(team, tier)).hasMessage(refusal.get());
                return;
            }
            NativeProbe probe = new NativeProbe(team, tier);
            double first = probe.measure();
            assertThat(first).isBetween(1e9, ABSURD);
            assertThat(probe.measure()).isGreaterThanOrEqualTo(first);
        }
    }

    /** A loop that C2 had dropped as dead would be orders of magnitude beyond what loads allow. */
    @ParameterizedTest
    @EnumSource
    void everyFormIsUnpackedNoFasterThanItCanBeLoaded(UnpackProbe.Form form) {
        try (ThreadTeam team = ThreadTeam.of(1)) {
            assertThat(new UnpackProbe(team).measure(form)).isBetween(1e8, 1e12);
        }
    }
}
