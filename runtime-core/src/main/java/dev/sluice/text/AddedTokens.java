package dev.sluice.text;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The added tokens of a tokenizer, by content and by the ways in which they are looked for. */
final class AddedTokens {
    private final Map<String, Integer> ids = new HashMap<>();
    private final BitSet special = new BitSet();
    private final Finders all;
    private final Finders nonspecial;
    private final Finders none;

    /** What to look for before and after normalisation. */
    record Finders(AddedTokenMatcher raw, AddedTokenMatcher normalized) {}

    AddedTokens(List<AddedToken> list, boolean nfc) {
        for (AddedToken token : list) {
            ids.put(token.content(), token.id());
            special.set(token.id(), token.special());
        }
        all = finders(list, token -> true, nfc);
        nonspecial = finders(list, token -> !token.special(), nfc);
        none = finders(list, token -> false, nfc);
    }

    /** The id of an added token, or -1. */
    int idOf(String content) {
        return ids.getOrDefault(content, -1);
    }

    boolean isSpecial(int id) {
        return id >= 0 && special.get(id);
    }

    Finders finders(Tokenizer.Specials specials) {
        return switch (specials) {
            case ALL -> all;
            case NONSPECIAL -> nonspecial;
            case NONE -> none;
        };
    }

    private static Finders finders(List<AddedToken> list, Predicate<AddedToken> wanted, boolean nfc) {
        return new Finders(
                new AddedTokenMatcher(list.stream()
                        .filter(token -> wanted.test(token) && !token.normalized())
                        .toList()),
                new AddedTokenMatcher(list.stream()
                        .filter(token -> wanted.test(token) && token.normalized())
                        .map(token -> nfc ? token.withContent(Nfc.of(token.content())) : token)
                        .toList()));
    }
}
