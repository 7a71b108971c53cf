package dev.sluice;

import dev.sluice.engine.StopMatcher;
import dev.sluice.text.StreamDecoder;

/** From ids to the text of an answer: UTF-8, reasoning, stop strings. Engine thread only. */
final class AnswerText {
    private final StreamDecoder decoder;
    private final StopMatcher stops;

    AnswerText(StreamDecoder decoder, StopMatcher stops) {
        this.decoder = decoder;
        this.stops = stops;
    }

    void token(int id, Output output) {
        content(decoder.next(id), output);
    }

    /** A stop string has ended the answer. */
    boolean stopped() {
        return stops.stopped();
    }

    /** Lets out what was held back. */
    void finish(Output output) {
        content(decoder.flush(), output);
        output.text(Piece.Kind.CONTENT, stops.finish());
    }

    private void content(String text, Output output) {
        output.text(Piece.Kind.CONTENT, stops.append(text));
    }
}
