package dev.sluice.text;

/**
 * One entry of {@code added_tokens}: a text that is found before splitting and becomes one id.
 *
 * @param singleWord only between non-word characters or the ends of the text
 * @param lstrip takes the white space before it into the match
 * @param rstrip takes the white space after it into the match
 * @param normalized looked for after normalisation instead of before it
 * @param special left out by a decoding that skips special tokens
 */
record AddedToken(
        int id,
        String content,
        boolean singleWord,
        boolean lstrip,
        boolean rstrip,
        boolean normalized,
        boolean special) {
    /** Whether both say the same; what a record makes of itself costs 20 ms when it is first used. */
    boolean same(AddedToken other) {
        return id == other.id
                && content.equals(other.content)
                && singleWord == other.singleWord
                && lstrip == other.lstrip
                && rstrip == other.rstrip
                && normalized == other.normalized
                && special == other.special;
    }

    AddedToken withContent(String other) {
        return new AddedToken(id, other, singleWord, lstrip, rstrip, normalized, special);
    }
}
