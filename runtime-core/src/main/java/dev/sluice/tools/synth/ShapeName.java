package dev.sluice.tools.synth;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.models.released.ReleasedModel;
import dev.sluice.models.released.ReleasedModels;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A user's word for a shape: the name of a release, {@code @1/n} for a part of its layers and vocabulary, and
 * {@code ,experts=E} for another number of experts. What one layer and one expert compute stays as released.
 */
public final class ShapeName {
    private static final Pattern SYNTAX = Pattern.compile("([^@,]+)(?:@1/([0-9]{1,6}))?(?:,experts=([0-9]{1,6}))?");

    /** The loader's limit. */
    private static final int MOST_EXPERTS = 2048;

    private ShapeName() {}

    /** The model that a word means. */
    public static ReleasedModel parse(String word) {
        Matcher parts = SYNTAX.matcher(word.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw new InvalidRequestException("shape \"" + word
                    + "\" cannot be read; expected NAME, NAME@1/n or NAME@1/n,experts=E, as in"
                    + " qwen3-next-80b-a3b@1/12,experts=32");
        }
        ReleasedModel model = ReleasedModels.named(parts.group(1)).orElseThrow(() -> unknown(word));
        int divisor = parts.group(2) == null ? 1 : Integer.parseInt(parts.group(2));
        int experts =
                parts.group(3) == null ? model.experts().count() : experts(model, Integer.parseInt(parts.group(3)));
        return model.resized(layers(model, divisor, word), Math.max(1, model.vocab() / divisor), experts);
    }

    private static InvalidRequestException unknown(String word) {
        return new InvalidRequestException("no release has the shape \"" + word + "\"; known are "
                + ReleasedModels.all().stream().map(ReleasedModel::name).collect(Collectors.joining(", ")));
    }

    /** Whole blocks of three DeltaNet layers and one that attends. */
    private static int layers(ReleasedModel model, int divisor, String word) {
        int block = model.hybrid() ? ReleasedModel.INTERVAL : 1;
        int layers = divisor == 0 ? 0 : model.layers() / block / divisor * block;
        if (layers == 0) {
            throw new InvalidRequestException("shape \"" + word + "\" leaves no layer; " + model + " has "
                    + model.layers() + " layers in blocks of " + block + ", so n is 1 to " + model.layers() / block);
        }
        return layers;
    }

    private static int experts(ReleasedModel model, int experts) {
        if (!model.sparse()) {
            throw new InvalidRequestException(model + " has no experts; leave out experts=" + experts);
        }
        int least = model.experts().topK();
        if (experts < least || experts > MOST_EXPERTS) {
            throw new InvalidRequestException("experts=" + experts + "; expected " + least + " (the experts that "
                    + model + " chooses for a token) to " + MOST_EXPERTS);
        }
        return experts;
    }
}
