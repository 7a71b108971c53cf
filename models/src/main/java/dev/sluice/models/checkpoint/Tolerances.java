package dev.sluice.models.checkpoint;

import dev.sluice.error.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/**
 * How far a computed value may be from the expected one, by its name or its kind: as a {@code case.json} says, one
 * number for all, or a share of the largest expected value.
 */
public final class Tolerances {
    /** Two f32 programs that add in different orders stay within a tenth of this on the golden models. */
    private static final double RELATIVE = 1e-4;

    private static final double LEAST = 1e-5;

    private final @Nullable JsonObject byKind;
    private final double secondOpinion;
    private final @Nullable Double fixed;

    private Tolerances(@Nullable JsonObject byKind, double secondOpinion, @Nullable Double fixed) {
        this.byKind = byKind;
        this.secondOpinion = secondOpinion;
        this.fixed = fixed;
    }

    /** Those of a {@code case.json}: its object {@code tolerance}. */
    public static Tolerances of(JsonObject json) {
        Double other = json.number("mlx_lm_vs_transformers", 0, 1);
        return new Tolerances(json.object("tolerance"), other == null ? 0 : other, null);
    }

    /** One absolute number for every value. */
    public static Tolerances fixed(double tolerance) {
        if (!(tolerance >= 0)) {
            throw new InvalidRequestException("tolerance is " + tolerance + ", expected a number from 0 on");
        }
        return new Tolerances(null, 0, tolerance);
    }

    /** {@value #RELATIVE} of the largest expected value of each array. */
    public static Tolerances relative() {
        return new Tolerances(null, 0, null);
    }

    /**
     * The largest absolute difference allowed.
     *
     * @param key name of the array, such as {@code tap.layers.3.mixer}
     * @param largest largest absolute value expected
     */
    public double of(String key, double largest) {
        if (fixed != null) {
            return fixed;
        }
        if (byKind != null) {
            // a second implementation's logits are themselves that far from the reference
            boolean second = key.equals("logits_mlx");
            String name = second ? "logits" : key;
            Double value = byKind.number(name, 0, 1);
            value = value == null ? byKind.number(kind(name), 0, 1) : value;
            if (value == null) {
                throw new InvalidRequestException(
                        byKind.where() + " has no tolerance for " + key + "; give one for all values instead");
            }
            return second ? value + secondOpinion : value;
        }
        return Math.max(LEAST, RELATIVE * largest);
    }

    /** What arrays of different layers have in common: {@code hidden}, {@code router}, {@code mixer}, {@code S}. */
    public static String kind(String key) {
        for (String prefix : new String[] {"hidden", "router"}) {
            if (key.startsWith(prefix + ".")) {
                return prefix;
            }
        }
        return key.substring(key.lastIndexOf('.') + 1);
    }
}
