package dev.sluice.text;

import java.nio.charset.StandardCharsets;

/**
 * One encoding: added tokens, normalisation, added tokens of the normalised text, split, BPE. Each stretch between added
 * tokens is handled alone: neither NFC nor the split rule looks across a token.
 */
final class Encoding {
    private final SplitRule rule;
    private final boolean nfc;
    private final AddedTokens.Finders finders;
    private final Trust trust;
    private final Bpe bpe;
    private final IdList out;

    Encoding(SplitRule rule, boolean nfc, AddedTokens.Finders finders, Trust trust, Bpe bpe, IdList out) {
        this.rule = rule;
        this.nfc = nfc;
        this.finders = finders;
        this.trust = trust;
        this.bpe = bpe;
        this.out = out;
    }

    void encode(byte[] utf8) {
        finders.raw().cut(utf8, 0, utf8.length, trust, new Raw());
    }

    private final class Raw implements AddedTokenMatcher.Parts {
        @Override
        public void text(byte[] bytes, int from, int to) {
            AddedTokenMatcher.Parts parts = new Normalised();
            if (nfc && Nfc.mayChange(bytes, from, to)) {
                byte[] normal = Nfc.of(Utf8.text(bytes, from, to)).getBytes(StandardCharsets.UTF_8);
                boolean trusted = trust.covers(from, to); // offsets differ now: all of it or nothing
                finders.normalized().cut(normal, 0, normal.length, (_, _) -> trusted, parts);
            } else {
                finders.normalized().cut(bytes, from, to, trust, parts);
            }
        }

        @Override
        public void token(int id) {
            out.add(id);
        }
    }

    private final class Normalised implements AddedTokenMatcher.Parts {
        @Override
        public void text(byte[] bytes, int from, int to) {
            int end;
            for (int pos = from; pos < to; pos = end) {
                end = rule.next(bytes, pos, to);
                bpe.encode(bytes, pos, end);
            }
        }

        @Override
        public void token(int id) {
            out.add(id);
        }
    }
}
