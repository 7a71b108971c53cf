package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Fixtures;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenLoadTest {
    static Stream<Fixtures.Case> cases() {
        return Stream.concat(Fixtures.cases().stream(), Stream.of(Fixtures.embeddedCase()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void loads(Fixtures.Case golden) {
        try (LoadedModel model = ModelFolder.open(golden.model(), LoadOptions.DEFAULTS)) {
            assertThat(model.warnings()).isEmpty();
            assertThat(model.weights().layers())
                    .hasSameSizeAs(model.architecture().layers());
        }
    }
}
