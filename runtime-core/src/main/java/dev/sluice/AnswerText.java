package dev.sluice;

import dev.sluice.engine.StopMatcher;
import dev.sluice.text.ReasoningParser;
import dev.sluice.text.StreamDecoder;
import org.jspecify.annotations.Nullable;

/** From ids to the text of an answer: UTF-8, reasoning, stop strings in the content. Engine thread only. */
final class AnswerText {
    private final StreamDecoder decoder;
    private final @Nullable ReasoningParser reasoning;
    private final StopMatcher stops;

    /** @param reasoning null when all text is content */
    AnswerText(StreamDecoder decoder, @Nullable ReasoningParser reasoning, StopMatcher stops) {
        this.decoder = decoder;
        this.reasoning = reasoning;
        this.stops = stops;
    }

    void token(int id, Output output) {
        text(decoder.next(id), output);
    }

    /** A stop string has ended the answer. */
    boolean stopped() {
        return stops.stopped();
    }

    /** Lets out what was held back. */
    void finish(Output output) {
        text(decoder.flush(), output);
        if (reasoning != null) {
            reasoning.finish(new Parts(output));
        }
        output.text(Piece.Kind.CONTENT, stops.finish());
    }

    private void text(String text, Output output) {
        if (reasoning == null) {
            content(text, output);
        } else {
            reasoning.feed(text, new Parts(output));
        }
    }

    private void content(String text, Output output) {
        output.text(Piece.Kind.CONTENT, stops.append(text));
    }

    private final class Parts implements ReasoningParser.Sink {
        private final Output output;

        Parts(Output output) {
            this.output = output;
        }

        @Override
        public void reasoning(String text) {
            output.text(Piece.Kind.REASONING, text);
        }

        @Override
        public void content(String text) {
            AnswerText.this.content(text, output);
        }
    }
}
