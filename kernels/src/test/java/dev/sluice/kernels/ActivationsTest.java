package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationsTest {
    private final Arena arena = Arena.ofConfined();
    private final Activations plain = Kernels.plain().activations();
    private final Activations vector = Kernels.vector().activations();

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 16, 24, 40, 64, 72, 128, 207})
    void equalTheOracle(int n) {
        F32 x = Data.random(arena, 1, n + 3);
        F32 up = Data.random(arena, 2, n + 1);
        for (Op op : Op.values()) {
            F32 expected = Data.random(arena, 3, n + 4);
            F32 actual = Data.copy(arena, expected);
            op.run(plain, x, up, expected, n);
            op.run(vector, x, up, actual, n);
            Data.assertClose(actual, expected, 3e-7);
        }
    }

    /** One operation on {@code x} from 3, {@code up} from 1, {@code y} from 2. */
    private enum Op {
        ADD {
            @Override
            void run(Activations f, F32 x, F32 up, F32 y, int n) {
                f.add(y, 2, x, 3, n);
            }
        },
        ADD_SCALED {
            @Override
            void run(Activations f, F32 x, F32 up, F32 y, int n) {
                f.addScaled(y, 2, x, 3, 0.3f, n);
            }
        },
        SWIGLU {
            @Override
            void run(Activations f, F32 x, F32 up, F32 y, int n) {
                f.swiglu(x, 3, up, 1, y, 2, n);
            }
        },
        SIGMOID_GATE {
            @Override
            void run(Activations f, F32 x, F32 up, F32 y, int n) {
                f.sigmoidGate(y, 2, x, 3, n);
            }
        };

        abstract void run(Activations f, F32 x, F32 up, F32 y, int n);
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void maximaOfBlocksSeeEveryNumber(Kernels kernels) {
        int n = 3 * Activations.BLOCK + 7;
        for (float value : new float[] {9, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int at = 0; at < n; at++) {
                F32 x = Data.random(arena, 5, n + 2);
                x.set(at + 2, value);
                F32 y = F32.copyOf(arena, 7, 7, 7, 7, 7, 7);
                kernels.activations().maxima(x, 2, n, y, 1);
                assertThat(y.get(0)).isEqualTo(7);
                assertThat(y.get(5)).isEqualTo(7);
                for (int block = 0; block < 4; block++) {
                    float max = Float.NEGATIVE_INFINITY;
                    for (int i = 64 * block; i < Math.min(n, 64 * block + 64); i++) {
                        max = Math.max(max, x.get(i + 2));
                    }
                    assertThat(y.get(1 + block)).as("%s at %d", value, at).isEqualTo(Float.valueOf(max));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void swigluMayOverwriteTheGate(Kernels kernels) {
        F32 gate = Data.random(arena, 1, 40);
        F32 up = Data.random(arena, 2, 40);
        F32 y = F32.allocate(arena, 40);
        kernels.activations().swiglu(gate, 0, up, 0, y, 0, 40);
        F32 first = Data.copy(arena, gate);
        kernels.activations().swiglu(first, 0, up, 0, first, 0, 40);
        Data.assertSame(first, y);
    }

    /** Every 997th float; lanes and scalars give the same bits, 0.88 and 2.48 ulp from the f64 result at worst over all floats. */
    @Test
    void expAndSigmoidAreCloseAndTheSameInALane() {
        int block = 4096;
        F32 x = F32.allocate(arena, block);
        F32 ones = F32.allocate(arena, block);
        double exp = 0;
        double sigmoid = 0;
        long bits = Integer.MIN_VALUE;
        while (bits <= Integer.MAX_VALUE) {
            for (int i = 0; i < block; i++, bits += 997) {
                x.set(i, Float.intBitsToFloat((int) bits));
                ones.set(i, 1);
            }
            vector.sigmoidGate(ones, 0, x, 0, block);
            for (int i = 0; i < block; i++) {
                float value = x.get(i);
                assertThat(Float.floatToIntBits(ones.get(i))).isEqualTo(Float.floatToIntBits(vector.sigmoid(value)));
                exp = Math.max(exp, ulps(vector.exp(value), Math.exp(value)));
                sigmoid = Math.max(sigmoid, ulps(vector.sigmoid(value), 1 / (1 + Math.exp(-value))));
            }
        }
        assertThat(exp).isBetween(0.5, 0.9);
        assertThat(sigmoid).isBetween(1.0, 2.5);
    }

    /** Distance in units of the last place of the exact result; results below the smallest normal number may be 0. */
    private static double ulps(float actual, double exact) {
        if (Double.isNaN(exact)) {
            assertThat(actual).isNaN();
            return 0;
        }
        if (exact < Float.MIN_NORMAL && actual == 0) {
            return 0;
        }
        float rounded = (float) exact;
        if (Float.isInfinite(rounded) || Float.isInfinite(actual)) {
            assertThat(actual).isEqualTo(rounded);
            return 0;
        }
        return Math.abs(actual - exact) / Math.ulp(rounded);
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void edges(Kernels kernels) {
        Activations f = kernels.activations();
        float inf = Float.POSITIVE_INFINITY;
        assertThat(f.exp(-1000)).isZero();
        assertThat(f.exp(-inf)).isZero();
        assertThat(f.exp(0)).isEqualTo(1);
        assertThat(f.exp(1000)).isEqualTo(inf);
        assertThat(f.exp(inf)).isEqualTo(inf);
        assertThat(f.exp(Float.NaN)).isNaN();
        assertThat(f.exp(88.72283f)).isCloseTo((float) Math.exp(88.72283f), within(2e31f));
        assertThat(f.sigmoid(-1000)).isZero();
        assertThat(f.sigmoid(1000)).isEqualTo(1);
        assertThat(f.sigmoid(0)).isEqualTo(0.5f);
        assertThat(f.sigmoid(Float.NaN)).isNaN();
        assertThat(f.softplus(20.0001f)).isEqualTo(20.0001f);
        assertThat(f.softplus(20)).isCloseTo(20f, within(4e-6f));
        assertThat(f.softplus(-100)).isBetween(0f, 1e-43f);
        assertThat(f.softplus(-10)).isCloseTo(4.5398899e-5f, within(1e-11f));
        assertThat(f.softplus(Float.NaN)).isNaN();
    }

    /** NaN with a payload must not turn into a number by integer arithmetic on its bits. */
    @Test
    void everyNanStaysNan() {
        float payload = Float.intBitsToFloat(0x7FC00155);
        assertThat(vector.exp(payload)).isNaN();
        F32 gate = F32.allocate(arena, 32);
        F32 y = F32.allocate(arena, 32);
        for (int i = 0; i < 32; i++) {
            gate.set(i, payload);
            y.set(i, 1);
        }
        vector.sigmoidGate(y, 0, gate, 0, 32);
        assertThat(Data.floats(y)).containsOnly(Float.NaN);
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void gatesSaturate(Kernels kernels) {
        F32 gate = F32.allocate(arena, 33);
        F32 up = F32.allocate(arena, 33);
        for (int i = 0; i < 33; i++) {
            gate.set(i, i % 2 == 0 ? 500 : -500);
            up.set(i, 2);
        }
        F32 y = F32.allocate(arena, 33);
        kernels.activations().swiglu(gate, 0, up, 0, y, 0, 33);
        kernels.activations().sigmoidGate(up, 0, gate, 0, 33);
        for (int i = 0; i < 33; i++) {
            assertThat(y.get(i)).isEqualTo(i % 2 == 0 ? 1000f : -0f);
            assertThat(up.get(i)).isEqualTo(i % 2 == 0 ? 2f : 0f);
        }
    }
}
